/** Other brightness, contrast, colours: pixels in, pixels out. The image itself is never changed. */

import type { PictureLook } from "../settings";

type Pixels = Uint8ClampedArray<ArrayBufferLike>;

export interface Recipe {
  /** What becomes of each value of each channel. */
  table: Uint8Array;
  /** 1 is as it is, 0 is grey. */
  saturation: number;
  /** Show this one of red, green, blue as grey. */
  channel: number | null;
}

const CHANNELS = { all: null, red: 0, green: 1, blue: 2 };
const [RED, GREEN, BLUE] = [0.299, 0.587, 0.114];

export const isAsItIs = (look: PictureLook): boolean =>
  !look.brightness && !look.contrast && look.gamma === 1 && !look.saturation && !look.invert &&
  !look.equalise && look.channel === "all";

/** How often each grey is in the picture, of one channel or of the brightness. */
export function histogramOf(pixels: Pixels, channel: PictureLook["channel"]): Uint32Array {
  const counts = new Uint32Array(256);
  const at = CHANNELS[channel];
  for (let i = 0; i < pixels.length; i += 4) {
    if (!pixels[i + 3]) continue;
    const value = at === null ? greyOf(pixels, i) : pixels[i + at];
    counts[Math.round(value)]++;
  }
  return counts;
}

const greyOf = (pixels: Pixels, i: number): number =>
  RED * pixels[i] + GREEN * pixels[i + 1] + BLUE * pixels[i + 2];

export function recipeOf(look: PictureLook, histogram: Uint32Array | null): Recipe {
  const spread = look.equalise && histogram ? spreadOf(histogram) : null;
  const slope = Math.tan(((Math.min(look.contrast, 99) / 100 + 1) * Math.PI) / 4);
  const table = new Uint8Array(256);
  for (let value = 0; value < 256; value++) {
    const before = spread ? spread[value] : value / 255;
    const lit = (before ** (1 / look.gamma) - 0.5) * slope + 0.5 + look.brightness / 100;
    const after = Math.round(Math.min(1, Math.max(0, lit)) * 255);
    table[value] = look.invert ? 255 - after : after;
  }
  return { table, saturation: 1 + look.saturation / 100, channel: CHANNELS[look.channel] };
}

/** Each value becomes the share of pixels below it, so that every grey is used alike. */
function spreadOf(histogram: Uint32Array): Float64Array {
  const spread = new Float64Array(256);
  const first = histogram.find((count) => count > 0) ?? 0;
  const total = histogram.reduce((sum, count) => sum + count, 0) - first;
  let below = -first;
  for (let value = 0; value < 256; value++) {
    below += histogram[value];
    spread[value] = total > 0 ? Math.max(0, below) / total : value / 255;
  }
  return spread;
}

export function adjust(pixels: Pixels, { table, saturation, channel }: Recipe): void {
  if (channel !== null) {
    for (let i = 0; i < pixels.length; i += 4) {
      pixels[i] = pixels[i + 1] = pixels[i + 2] = table[pixels[i + channel]];
    }
  } else if (saturation === 1) {
    for (let i = 0; i < pixels.length; i += 4) {
      pixels[i] = table[pixels[i]];
      pixels[i + 1] = table[pixels[i + 1]];
      pixels[i + 2] = table[pixels[i + 2]];
    }
  } else {
    for (let i = 0; i < pixels.length; i += 4) {
      const grey = greyOf(pixels, i);
      // Into the clamped array first: the table has 256 places.
      for (let c = i; c < i + 3; c++) {
        pixels[c] = grey + (pixels[c] - grey) * saturation;
        pixels[c] = table[pixels[c]];
      }
    }
  }
}
