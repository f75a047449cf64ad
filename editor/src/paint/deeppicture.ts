/** All values of a picture or a tile with more than 8 bits, and what one sees of them through a window. */

import { lookUp, rangeOf, unpack, type Range } from "./windowing";

/** Read and written in strips, so that there is no second copy of a large picture. */
const ROWS = 256;

export class DeepPicture {
  readonly range: Range;
  private readonly values: Uint16Array;
  private readonly width: number;
  private readonly height: number;

  /** Takes the bitmap and closes it. A tile does not know the range of the whole image. */
  constructor(bitmap: ImageBitmap, range?: Range) {
    const { width, height } = bitmap;
    [this.width, this.height] = [width, height];
    this.range = range ?? rangeIn(bitmap);
    this.values = new Uint16Array(width * height);
    let at = 0;
    for (const { data } of stripsOf(bitmap)) {
      unpack(data, this.range, this.values, at);
      at += data.length / 4;
    }
    bitmap.close();
  }

  /** By a table of what becomes of each value. */
  through(table: Uint8Array): ImageBitmap {
    const { width, height, values } = this;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    for (let top = 0; top < height; top += ROWS) {
      const strip = new ImageData(width, Math.min(ROWS, height - top));
      lookUp(values.subarray(top * width, top * width + strip.data.length / 4), table, strip.data);
      context.putImageData(strip, 0, top);
    }
    return canvas.transferToImageBitmap();
  }
}

function rangeIn(bitmap: ImageBitmap): Range {
  let range: Range | undefined;
  for (const { data } of stripsOf(bitmap)) range = rangeOf(data, range);
  return range!;
}

function* stripsOf(bitmap: ImageBitmap): Generator<ImageData> {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, Math.min(ROWS, height));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.globalCompositeOperation = "copy";
  for (let top = 0; top < height; top += ROWS) {
    const rows = Math.min(ROWS, height - top);
    context.drawImage(bitmap, 0, top, width, rows, 0, 0, width, rows);
    yield context.getImageData(0, 0, width, rows);
  }
}
