/** Fetches tiles as they are needed, and keeps no more than go into a fixed part of memory. */

import type { TileImage } from "./tileimages";
import { keyOf, type Tile } from "./tiles";

/** Of decoded tiles, unless the screen is so large that more of them are in sight. */
const MOST_BYTES = 200_000_000;
const AT_ONCE = 6;
/** After a tile did not come, it is asked for again. */
const RETRY_MS = 2000;

export interface Loader {
  /** Null when the tiles are not there any more; throws when the server is away. */
  load(tile: Tile): Promise<TileImage | null>;
  /** A tile came, and all that were wanted are there or not. */
  onTile(isLast: boolean): void;
  /** The server has no such tile: they were cleared away and have to be made again. */
  onGone(): void;
}

export class TileStore {
  /** The one that was used last comes last. */
  private readonly kept = new Map<string, TileImage>();
  private readonly onTheWay = new Set<string>();
  private wanted: Tile[] = [];
  /** What would be fetched again at once is not dropped. */
  private inSight = new Set<string>();
  private bytes = 0;
  private isClosed = false;
  private pause = 0;

  constructor(private readonly loader: Loader) {}

  get size(): number {
    return this.bytes;
  }

  get(tile: Tile): TileImage | null {
    const key = keyOf(tile);
    const image = this.kept.get(key);
    if (!image) return null;
    this.kept.delete(key);
    this.kept.set(key, image);
    return image;
  }

  /** From now on these are wanted, the first ones first; what was wanted before is not any more. */
  want(tiles: Tile[]): void {
    this.inSight = new Set(tiles.map(keyOf));
    this.wanted = tiles.filter((tile) => !this.kept.has(keyOf(tile)));
    this.next();
  }

  /** They are there again. */
  again(): void {
    this.pause = 0;
    this.next();
  }

  close(): void {
    this.isClosed = true;
    this.wanted = [];
    for (const image of this.kept.values()) image.close();
    this.kept.clear();
    this.bytes = 0;
  }

  private next(): void {
    if (Date.now() < this.pause) return;
    for (const tile of this.wanted) {
      if (this.onTheWay.size >= AT_ONCE) return;
      if (!this.onTheWay.has(keyOf(tile))) void this.fetch(tile);
    }
  }

  private async fetch(tile: Tile): Promise<void> {
    const key = keyOf(tile);
    this.onTheWay.add(key);
    let image: TileImage | null = null;
    try {
      image = await this.loader.load(tile);
      if (!image && !this.isClosed) {
        this.pause = Infinity;
        this.loader.onGone();
      }
    } catch {
      // The server is away: after a while it is asked again.
      this.pause = Date.now() + RETRY_MS;
      setTimeout(() => this.next(), RETRY_MS + 10);
    }
    this.onTheWay.delete(key);
    if (this.isClosed) return image?.close();
    if (image) this.keep(tile, image);
    this.next();
  }

  private keep(tile: Tile, image: TileImage): void {
    const key = keyOf(tile);
    this.kept.set(key, image);
    this.bytes += image.bytes;
    for (const [old, oldest] of this.kept) {
      if (this.bytes <= MOST_BYTES || old === key) break;
      if (this.inSight.has(old)) continue;
      oldest.close();
      this.kept.delete(old);
      this.bytes -= oldest.bytes;
    }
    this.wanted = this.wanted.filter((one) => keyOf(one) !== key);
    this.loader.onTile(!this.wanted.length);
  }
}
