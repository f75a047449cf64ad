/** Fetches tiles as they are needed, and keeps no more than go into a fixed part of memory. */

import { keyOf, type Tile } from "./tiles";

/** Of decoded tiles; two frames of a large screen go into it. */
const MOST_BYTES = 200_000_000;
const AT_ONCE = 6;
/** After a tile did not come, it is asked for again. */
const RETRY_MS = 2000;

export interface Loader {
  /** Null when the tiles are not there any more; throws when the server is away. */
  load(tile: Tile): Promise<ImageBitmap | null>;
  /** A tile came, and all that were wanted are there or not. */
  onTile(isLast: boolean): void;
  /** The server has no such tile: they were cleared away and have to be made again. */
  onGone(): void;
}

export class TileStore {
  /** The one that was used last comes last. */
  private readonly kept = new Map<string, ImageBitmap>();
  private readonly onTheWay = new Set<string>();
  private wanted: Tile[] = [];
  private bytes = 0;
  private isClosed = false;
  private pause = 0;

  constructor(private readonly loader: Loader) {}

  get size(): number {
    return this.bytes;
  }

  get(tile: Tile): ImageBitmap | null {
    const key = keyOf(tile);
    const bitmap = this.kept.get(key);
    if (!bitmap) return null;
    this.kept.delete(key);
    this.kept.set(key, bitmap);
    return bitmap;
  }

  /** From now on these are wanted, the first ones first; what was wanted before is not any more. */
  want(tiles: Tile[]): void {
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
    for (const bitmap of this.kept.values()) bitmap.close();
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
    let bitmap: ImageBitmap | null = null;
    try {
      bitmap = await this.loader.load(tile);
      if (!bitmap && !this.isClosed) {
        this.pause = Infinity;
        this.loader.onGone();
      }
    } catch {
      // The server is away: after a while it is asked again.
      this.pause = Date.now() + RETRY_MS;
      setTimeout(() => this.next(), RETRY_MS + 10);
    }
    this.onTheWay.delete(key);
    if (this.isClosed) return void bitmap?.close();
    if (bitmap) this.keep(tile, bitmap);
    this.next();
  }

  private keep(tile: Tile, bitmap: ImageBitmap): void {
    const key = keyOf(tile);
    this.kept.set(key, bitmap);
    this.bytes += bytesOf(bitmap);
    for (const [old, { width, height }] of this.kept) {
      if (this.bytes <= MOST_BYTES || old === key) break;
      this.kept.get(old)!.close();
      this.kept.delete(old);
      this.bytes -= 4 * width * height;
    }
    this.wanted = this.wanted.filter((one) => keyOf(one) !== key);
    this.loader.onTile(!this.wanted.length);
  }
}

const bytesOf = ({ width, height }: ImageBitmap): number => 4 * width * height;
