import { describe, expect, it } from "vitest";
import { fitted, kept, MOST_SCALE, seenBox, toImage, toScreen, zoomed } from "../src/view";
import { random } from "./making";

const STAGE = { width: 1000, height: 700 };

describe("the view", () => {
  it("keeps the point under the pointer where it is while one zooms", () => {
    const chance = random(2);
    let view = fitted({ x0: 0, y0: 0, x1: 4000, y1: 3000 }, STAGE.width, STAGE.height);
    for (let i = 0; i < 300; i++) {
      const at = { x: chance() * 1000, y: chance() * 700 };
      const before = toImage(view, at);
      view = zoomed(view, Math.exp(chance() * 2 - 1), at);
      const after = toScreen(view, before);
      expect(after.x).toBeCloseTo(at.x, 5);
      expect(after.y).toBeCloseTo(at.y, 5);
    }
  });

  it("goes from 5 % to 6400 % and no further", () => {
    const view = { s: 1, x: 0, y: 0 };
    expect(zoomed(view, 1e-9, { x: 0, y: 0 }).s).toBe(0.05);
    expect(zoomed(view, 1e9, { x: 0, y: 0 }).s).toBe(MOST_SCALE);
  });

  it("fits any image, also one that needs less than 5 %", () => {
    for (const [width, height] of [[64, 48], [1600, 1200], [100_000, 80_000], [30, 9000]]) {
      const view = fitted({ x0: 0, y0: 0, x1: width, y1: height }, STAGE.width, STAGE.height);
      const seen = seenBox(view, STAGE);
      expect(seen.x0).toBeLessThanOrEqual(0);
      expect(seen.x1).toBeGreaterThanOrEqual(width);
      expect(seen.y0).toBeLessThanOrEqual(0);
      expect(seen.y1).toBeGreaterThanOrEqual(height);
    }
  });

  it("never loses the image", () => {
    const image = { width: 1600, height: 1200 };
    for (const x of [-1e6, 1e6]) {
      const view = kept({ s: 0.5, x, y: x }, image, STAGE.width, STAGE.height);
      const { x: left } = toScreen(view, { x: 0, y: 0 });
      const { x: right } = toScreen(view, { x: 1600, y: 0 });
      expect(right).toBeGreaterThan(0);
      expect(left).toBeLessThan(STAGE.width);
    }
  });
});
