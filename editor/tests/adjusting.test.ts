import { describe, expect, it } from "vitest";
import { adjust, histogramOf, isAsItIs, recipeOf } from "../src/paint/adjusting";
import { USUAL_PICTURE, type PictureLook } from "../src/settings";

const look = (change: Partial<PictureLook>): PictureLook => ({ ...USUAL_PICTURE, ...change });

function shown(change: Partial<PictureLook>, ...pixels: number[]): number[] {
  const data = new Uint8ClampedArray(pixels);
  const wanted = look(change);
  adjust(data, recipeOf(wanted, histogramOf(data, wanted.channel)));
  return [...data];
}

const GREYS = Array.from({ length: 256 }, (_, value) => [value, value, value, 255]).flat();
const reds = (pixels: number[]) => pixels.filter((_, i) => i % 4 === 0);

describe("the adjusted picture", () => {
  it("is the picture itself as long as nothing is chosen", () => {
    expect(isAsItIs(USUAL_PICTURE)).toBe(true);
    expect(shown({}, 12, 200, 255, 255)).toEqual([12, 200, 255, 255]);
    for (const change of [{ brightness: 1 }, { gamma: 1.1 }, { invert: true }, { channel: "red" } as const]) {
      expect(isAsItIs(look(change))).toBe(false);
    }
  });

  it("gets brighter and darker, and never beyond white and black", () => {
    expect(shown({ brightness: 20 }, 100, 100, 250, 255)).toEqual([151, 151, 255, 255]);
    expect(shown({ brightness: -100 }, 100, 200, 255, 255)).toEqual([0, 0, 0, 255]);
  });

  it("keeps the order of greys, whatever contrast and gamma are", () => {
    for (const change of [{ contrast: 60 }, { contrast: -60 }, { gamma: 0.4 }, { gamma: 3 }, { equalise: true }]) {
      const greys = reds(shown(change, ...GREYS));
      expect([...greys].sort((a, b) => a - b)).toEqual(greys);
    }
    expect(reds(shown({ contrast: -100 }, ...GREYS)).every((grey) => grey === 128)).toBe(true);
    expect(new Set(reds(shown({ contrast: 100 }, ...GREYS))).size).toBeLessThan(8);
    expect(reds(shown({ gamma: 2.2 }, ...GREYS))[64]).toBeGreaterThan(120);
  });

  it("is inverted, and twice inverted is itself", () => {
    const once = shown({ invert: true }, 10, 20, 30, 255);
    expect(once).toEqual([245, 235, 225, 255]);
    expect(shown({ invert: true }, ...once)).toEqual([10, 20, 30, 255]);
  });

  it("is grey without saturation, and more colourful with more", () => {
    const [red, green, blue] = shown({ saturation: -100 }, 255, 0, 0, 255);
    expect([red, green, blue]).toEqual([76, 76, 76]);
    const [r, g] = shown({ saturation: 50 }, 160, 120, 120, 255);
    expect(r - g).toBeGreaterThan(50);
  });

  it("shows one channel as grey", () => {
    expect(shown({ channel: "green" }, 10, 20, 30, 255)).toEqual([20, 20, 20, 255]);
    expect(shown({ channel: "blue", invert: true }, 10, 20, 30, 255)).toEqual([225, 225, 225, 255]);
  });

  it("uses all greys alike when equalised", () => {
    const dark = Array.from({ length: 64 }, (_, i) => [20 + (i % 16), 20 + (i % 16), 20 + (i % 16), 255]).flat();
    const greys = reds(shown({ equalise: true }, ...dark));
    expect(Math.min(...greys)).toBe(0);
    expect(Math.max(...greys)).toBe(255);
    expect(new Set(greys).size).toBe(16);
    expect(shown({ equalise: true }, 90, 90, 90, 255)).toEqual([90, 90, 90, 255]);
  });

  it("leaves what is outside the image transparent", () => {
    expect(shown({ brightness: 50 }, 0, 0, 0, 0)[3]).toBe(0);
  });
});
