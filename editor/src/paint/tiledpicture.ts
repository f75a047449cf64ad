/** A huge image, painted from tiles; until they come, from the larger ones of a lower level. */

import type { Which } from "./messages";
import type { TileImage } from "./tileimages";
import { above, keyOf, levelFor, pixelsIn, placeOf, tilesIn, type Frame, type Pyramid, type Tile } from "./tiles";
import { TileStore } from "./tilestore";

/** Tiles that come one after the other are painted together. */
const TOGETHER_MS = 80;

export class TiledPicture {
  private readonly store: TileStore;
  private readonly wanted: Record<Which, Tile[]> = { main: [], overview: [] };
  private readonly lowest: Tile;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly pyramid: Pyramid,
    load: (tile: Tile) => Promise<TileImage | null>,
    /** There is more to paint than when it was painted last. */
    private readonly onMore: () => void,
    onGone: () => void,
  ) {
    this.lowest = { level: pyramid.lowest, column: 0, row: 0 };
    this.store = new TileStore({ load, onGone, onTile: (isLast) => this.later(isLast) });
  }

  again(): void {
    this.store.again();
  }

  close(): void {
    clearTimeout(this.timer);
    this.store.close();
  }

  /** Paint what is there; what is not comes later. */
  draw(context: OffscreenCanvasRenderingContext2D, frame: Frame, which: Which): void {
    const { pyramid } = this;
    const level = levelFor(pyramid, frame.s);
    const tiles = tilesIn(pyramid, frame, level);
    this.wanted[which] = tiles;
    // The lowest comes first and stays: whatever is not there yet is painted from it.
    this.store.get(this.lowest);
    this.store.want([this.lowest, ...this.wanted.main, ...this.wanted.overview]);
    const missing = new Map<string, Tile>();
    for (const tile of tiles) {
      if (this.store.get(tile)) continue;
      const found = this.nearest(tile);
      if (found) missing.set(keyOf(found), found);
    }
    const under = [...missing.values()].sort((a, b) => a.level - b.level);
    for (const tile of [...under, ...tiles]) this.paint(context, tile, frame);
  }

  /** All of the image, as small as it comes; null before it has come. */
  get smallest(): ImageBitmap | null {
    return this.store.get(this.lowest)?.bitmap ?? null;
  }

  private nearest(tile: Tile): Tile | null {
    for (let by = 1; tile.level - by >= this.pyramid.lowest; by++) {
      const lower = above(tile, by);
      if (this.store.get(lower)) return lower;
    }
    return null;
  }

  private paint(context: OffscreenCanvasRenderingContext2D, tile: Tile, frame: Frame): void {
    const bitmap = this.store.get(tile)?.bitmap;
    if (!bitmap) return;
    const [x, y, width, height] = placeOf(this.pyramid, tile, frame);
    // The last pixel of a row may stand for less than a whole one of its level.
    const pixels = pixelsIn(this.pyramid, tile.level);
    const side = this.pyramid.size * pixels;
    const wide = Math.min(side, this.pyramid.width - tile.column * side) / pixels;
    const high = Math.min(side, this.pyramid.height - tile.row * side) / pixels;
    context.drawImage(bitmap, 0, 0, wide, high, x, y, width, height);
  }

  private later(isLast: boolean): void {
    if (isLast) {
      clearTimeout(this.timer);
      this.timer = undefined;
      return this.onMore();
    }
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.onMore();
    }, TOGETHER_MS);
  }
}
