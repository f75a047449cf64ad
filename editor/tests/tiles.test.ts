import { describe, expect, it } from "vitest";
import { asItCame, type TileImage } from "../src/paint/tileimages";
import { above, keyOf, levelFor, placeOf, tilesIn, type Pyramid, type Tile } from "../src/paint/tiles";
import { TileStore } from "../src/paint/tilestore";

const PYRAMID: Pyramid = { width: 100_000, height: 80_000, size: 512, lowest: 9, highest: 17 };
const frame = (s: number, x: number, y: number) => ({ s, x, y, width: 1400, height: 900 });

describe("which tiles a frame needs", () => {
  it("takes the lowest level that is sharp", () => {
    expect(levelFor(PYRAMID, 64)).toBe(17);
    expect(levelFor(PYRAMID, 1)).toBe(17);
    expect(levelFor(PYRAMID, 0.5)).toBe(16);
    expect(levelFor(PYRAMID, 0.51)).toBe(17);
    expect(levelFor(PYRAMID, 0.01)).toBe(11);
    expect(levelFor(PYRAMID, 0.0001)).toBe(9);
  });

  it("takes those in sight, the middle first, and none outside the image", () => {
    const tiles = tilesIn(PYRAMID, frame(1, -50_000, -40_000), 17);
    const columns = tiles.map(({ column }) => column);
    const rows = tiles.map(({ row }) => row);
    expect([Math.min(...columns), Math.max(...columns)]).toEqual([97, 100]);
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([78, 79]);
    expect(tiles).toHaveLength(8);
    expect([98, 99]).toContain(tiles[0].column);
    // Beyond the lower right corner there is nothing.
    const last = tilesIn(PYRAMID, frame(1, -99_990, -79_990), 17);
    expect(last.map(keyOf)).toEqual(["17/195_156"]);
    expect(tilesIn(PYRAMID, frame(1, 2000, 0), 17)).toEqual([]);
  });

  it("lays tiles side by side without a seam, at any scale", () => {
    for (const s of [0.0123, 0.37, 1, 2.9, 61.7]) {
      const view = frame(s, -12_345.6 * s, -6_543.2 * s);
      const level = levelFor(PYRAMID, s);
      for (const tile of tilesIn(PYRAMID, view, level)) {
        const [x, y, width, height] = placeOf(PYRAMID, tile, view);
        const [right] = placeOf(PYRAMID, { ...tile, column: tile.column + 1 }, view);
        const [, below] = placeOf(PYRAMID, { ...tile, row: tile.row + 1 }, view);
        expect([x + width, y + height]).toEqual([right, below]);
        expect([x, y, width, height].every(Number.isInteger)).toBe(true);
      }
    }
  });

  it("finds the tile of a lower level that holds a tile", () => {
    expect(above({ level: 17, column: 195, row: 156 }, 3)).toEqual({ level: 14, column: 24, row: 19 });
  });
});

const bitmap = (side = 512): TileImage =>
  asItCame({ width: side, height: side, close: () => closed++ } as unknown as ImageBitmap);
let closed = 0;
const settled = () => new Promise((done) => setTimeout(done));
const row = (n: number, from = 0): Tile[] => Array.from({ length: n }, (_, i) => ({ level: 17, column: from + i, row: 0 }));

describe("the store of tiles", () => {
  it("fetches six at once, and only what is wanted now", async () => {
    const asked: string[] = [];
    const waiting: ((image: TileImage) => void)[] = [];
    const load = (tile: Tile) => {
      asked.push(keyOf(tile));
      return new Promise<TileImage>((done) => waiting.push(done));
    };
    let last = 0;
    const store = new TileStore({ load, onTile: (isLast) => (last += Number(isLast)), onGone: () => {} });
    store.want(row(20));
    expect(asked).toHaveLength(6);
    store.want(row(2, 100));
    for (const done of waiting.splice(0)) done(bitmap());
    await settled();
    expect(asked.slice(6)).toEqual(["17/100_0", "17/101_0"]);
    for (const done of waiting.splice(0)) done(bitmap());
    await settled();
    expect(last).toBeGreaterThan(0);
    expect(store.get({ level: 17, column: 101, row: 0 })).not.toBeNull();
  });

  it("keeps no more than its limit, and what was used last", async () => {
    closed = 0;
    const store = new TileStore({ load: async () => bitmap(), onTile: () => {}, onGone: () => {} });
    for (let from = 0; from < 1000; from += 50) {
      store.want([...row(1), ...row(50, from)]);
      for (let i = 0; i < 60; i++) await Promise.resolve();
      await settled();
      expect(store.get({ level: 17, column: 0, row: 0 })).not.toBeNull();
    }
    expect(store.size).toBeLessThanOrEqual(200_000_000);
    expect(store.size).toBeGreaterThan(150_000_000);
    expect(closed).toBe(1000 - store.size / (4 * 512 * 512));
    store.close();
    expect([store.size, closed]).toEqual([0, 1000]);
  });

  it("drops nothing that a large screen has in sight, and does not fetch it twice", async () => {
    closed = 0;
    let asked = 0;
    const load = async () => {
      asked++;
      return bitmap();
    };
    const store = new TileStore({ load, onTile: () => {}, onGone: () => {} });
    const large = row(300);
    for (let frames = 0; frames < 80; frames++) {
      store.want(large);
      for (const tile of large) store.get(tile);
      await settled();
    }
    expect([asked, closed]).toEqual([300, 0]);
    // When it is out of sight, only what may be kept is kept.
    store.want(row(10, 1000));
    for (let i = 0; i < 10; i++) await settled();
    expect(store.size).toBeLessThanOrEqual(200_000_000);
  });

  it("stops asking when the tiles are gone, and goes on when they are there again", async () => {
    let isThere = false;
    let gone = 0;
    let asked = 0;
    const load = async () => {
      asked++;
      return isThere ? bitmap() : null;
    };
    const store = new TileStore({ load, onTile: () => {}, onGone: () => gone++ });
    store.want(row(1));
    await settled();
    store.want(row(1));
    await settled();
    expect([asked, gone]).toEqual([1, 1]);
    isThere = true;
    store.again();
    await settled();
    expect(store.get(row(1)[0])).not.toBeNull();
  });
});
