/** Grey pictures with more than 8 bits: which of their values are black, grey and white. */

import type { Window } from "../settings";

/** How a bitmap is made of packed values: no byte may be changed. */
export const EXACT: ImageBitmapOptions = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
/** As in datasets/depth.py: the values come in three bytes, and may be negative. */
const ZERO = 2 ** 23;
const VALUES = 65536;

export interface Range {
  low: number;
  high: number;
}

const valueAt = (pixels: Uint8ClampedArray, i: number): number =>
  ((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]) - ZERO;

/** The least and the greatest value, also of what was seen before. */
export function rangeOf(pixels: Uint8ClampedArray, { low, high }: Range = { low: Infinity, high: -Infinity }): Range {
  for (let i = 0; i < pixels.length; i += 4) {
    const value = valueAt(pixels, i);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high };
}

/** All of the range, from black to white. */
const whole = ({ low, high }: Range): Window => ({ level: (low + high) / 2, width: Math.max(1, high - low) });

/** A wider range than 16 bits is kept in steps. */
export const stepOf = ({ low, high }: Range): number => Math.max(1, (high - low) / (VALUES - 1));

/** Values, counted in steps from the lowest. */
export function unpack(pixels: Uint8ClampedArray, range: Range, into: Uint16Array, at: number): void {
  const step = stepOf(range);
  for (let i = 0; i < pixels.length; i += 4) into[at++] = Math.round((valueAt(pixels, i) - range.low) / step);
}

/** What becomes of each value: the lower end of the window is black, the upper one white. */
export function tableOf(range: Range, window: Window | null): Uint8Array {
  const { level, width } = window ?? whole(range);
  const step = stepOf(range);
  const table = new Uint8Array(VALUES);
  const black = level - width / 2;
  for (let i = 0; i < VALUES; i++) {
    const share = (range.low + i * step - black) / width;
    table[i] = Math.round(255 * Math.min(1, Math.max(0, share)));
  }
  return table;
}

export function lookUp(values: Uint16Array, table: Uint8Array, pixels: Uint8ClampedArray): void {
  for (let i = 0; i < values.length; i++) {
    const grey = table[values[i]];
    pixels[4 * i] = pixels[4 * i + 1] = pixels[4 * i + 2] = grey;
    pixels[4 * i + 3] = 255;
  }
}
