/** Tiles that have come, as they are painted. */

import { DeepPicture } from "./deeppicture";
import type { Range } from "./windowing";

export interface TileImage {
  readonly bitmap: ImageBitmap;
  /** What it takes of the memory. */
  readonly bytes: number;
  close(): void;
}

/** Of 8 bits: as it came. */
export const asItCame = (bitmap: ImageBitmap): TileImage => ({
  bitmap,
  bytes: 4 * bitmap.width * bitmap.height,
  close: () => bitmap.close(),
});

/** Of more: what the window of the moment shows of it. */
export class DeepTile implements TileImage {
  readonly bytes: number;
  private readonly picture: DeepPicture;
  private shown: ImageBitmap | null = null;
  private by: Uint8Array | null = null;

  /** Takes the bitmap and closes it; `table` gives what becomes of each value now. */
  constructor(
    bitmap: ImageBitmap,
    range: Range,
    private readonly table: () => Uint8Array,
  ) {
    // Two bytes of a pixel are its value, four what is shown of it.
    this.bytes = 6 * bitmap.width * bitmap.height;
    this.picture = new DeepPicture(bitmap, range);
  }

  get bitmap(): ImageBitmap {
    const table = this.table();
    if (!this.shown || this.by !== table) {
      this.shown?.close();
      this.shown = this.picture.through(table);
      this.by = table;
    }
    return this.shown;
  }

  close(): void {
    this.shown?.close();
    this.shown = this.by = null;
  }
}
