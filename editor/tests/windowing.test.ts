import { expect, it } from "vitest";
import { lookUp, rangeOf, stepOf, tableOf, unpack } from "../src/paint/windowing";

/** As datasets/thumbnails.py packs them. */
function packed(values: number[]): Uint8ClampedArray {
  return new Uint8ClampedArray(
    values.flatMap((value) => {
      const up = value + 2 ** 23;
      return [(up >> 16) & 255, (up >> 8) & 255, up & 255, 255];
    }),
  );
}

function seen(values: number[], window: { level: number; width: number }): number[] {
  const pixels = packed(values);
  const range = rangeOf(pixels);
  const steps = new Uint16Array(values.length);
  unpack(pixels, range, steps, 0);
  const out = new Uint8ClampedArray(pixels.length);
  lookUp(steps, tableOf(range, window), out);
  for (let i = 0; i < out.length; i += 4) expect([out[i + 1], out[i + 2], out[i + 3]]).toEqual([out[i], out[i], 255]);
  return [...out].filter((_, i) => i % 4 === 0);
}

it("shows the values of a window from black to white, and cuts off the others", () => {
  expect(seen([0, 1000, 1500, 2000, 65535], { level: 1500, width: 1000 })).toEqual([0, 0, 128, 255, 255]);
});

it("tells neighbours apart that 8 bits of the whole range would not", () => {
  expect(seen([0, 30000, 30001, 30002, 65535], { level: 30001, width: 4 })).toEqual([0, 64, 128, 191, 255]);
});

it("knows values below zero, such as those of a tomograph", () => {
  expect(rangeOf(packed([-1024, 0, 3071]))).toEqual({ low: -1024, high: 3071 });
  expect(seen([-1024, -160, 40, 240, 3071], { level: 40, width: 400 })).toEqual([0, 0, 128, 255, 255]);
});

it("keeps a wider range than 16 bits in steps", () => {
  const range = { low: 0, high: 2 ** 20 };
  expect(stepOf(range)).toBeCloseTo(16, 1);
  expect(seen([0, 2 ** 19, 2 ** 20], { level: 2 ** 19, width: 2 ** 20 })).toEqual([0, 128, 255]);
});

it("shows the whole range where no window is chosen", () => {
  const table = tableOf({ low: 1000, high: 1500 }, null);
  expect([0, 250, 500].map((step) => table[step])).toEqual([0, 128, 255]);
  expect(tableOf({ low: 7, high: 7 }, null)[0]).toBe(128);
});

it("does not divide by nothing in a picture of one value", () => {
  expect(seen([7, 7], { level: 7, width: 1 })).toEqual([128, 128]);
});
