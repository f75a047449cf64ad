import { describe, expect, it } from "vitest";
import { painted } from "../src/shapes/boolean";
import { areaOf, simplifiedLine } from "../src/shapes/geometry";
import { LEAST_RADIUS, MOST_RADIUS, resized } from "../src/tools/brushsize";
import * as make from "./making";

/** The oracle: how far a point lies from a line, by nothing but Pythagoras. */
function distanceToLine(line: number[], x: number, y: number): number {
  let least = Math.hypot(line[0] - x, line[1] - y);
  for (let i = 0; i + 3 < line.length; i += 2) {
    const [dx, dy] = [line[i + 2] - line[i], line[i + 3] - line[i + 1]];
    const along = ((x - line[i]) * dx + (y - line[i + 1]) * dy) / (dx * dx + dy * dy || 1);
    const t = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(line[i] + t * dx - x, line[i + 1] + t * dy - y));
  }
  return least;
}

describe("what a brush paints", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("is what lies within its radius of the stroke (%i)", (seed) => {
    const chance = make.random(seed);
    const size = 120;
    const line = make.stroke(chance, size, 5 + Math.floor(30 * chance()));
    const radius = 1 + 15 * chance();
    const tolerance = 0.1;
    const inside = make.raster(painted(line, radius, tolerance), size, "evenodd");
    inside.forEach((pixel, i) => {
      const distance = distanceToLine(line, (i % size) + 0.5, Math.floor(i / size) + 0.5);
      if (Math.abs(distance - radius) > tolerance + 0.03) expect(pixel, `pixel ${i}`).toBe(Number(distance < radius));
    });
  });

  it("is a disc where it is only pressed", () => {
    expect(areaOf(painted([50, 50], 20, 0.05))).toBeCloseTo(Math.PI * 400, -1);
    expect(areaOf(painted([50, 50, 50, 50], 20, 0.05))).toBeCloseTo(Math.PI * 400, -1);
  });

  it("leaves free what the stroke runs round", () => {
    const ring = painted([20, 20, 80, 20, 80, 80, 20, 80, 20, 20], 5, 0.1);
    expect(ring).toHaveLength(2);
  });

  it("has few corners where the eye sees no more", () => {
    const line = Array.from({ length: 600 }, (_, i) => [i, 50 + 20 * Math.sin(i / 40)]).flat();
    const corners = painted(simplifiedLine(line, 0.25), 10, 0.5).flat().length / 2;
    expect(corners).toBeLessThan(200);
  });
});

it("a line keeps its ends, and every point within the tolerance, when it is simplified", () => {
  const chance = make.random(3);
  const line = make.stroke(chance, 300, 200);
  const simple = simplifiedLine(line, 3);
  expect(simple.slice(0, 2)).toEqual(line.slice(0, 2));
  expect(simple.slice(-2)).toEqual(line.slice(-2));
  expect(simple.length).toBeLessThan(line.length);
  for (let i = 0; i < line.length; i += 2) expect(distanceToLine(simple, line[i], line[i + 1])).toBeLessThanOrEqual(3);
});

it("the size of the brush goes up and down again, and has ends", () => {
  expect(resized(10, 1)).toBe(12);
  expect(resized(1, 1)).toBe(1.5);
  expect(resized(LEAST_RADIUS, -3)).toBe(LEAST_RADIUS);
  expect(resized(MOST_RADIUS, 3)).toBe(MOST_RADIUS);
  let radius = 10;
  for (let i = 0; i < 40; i++) radius = resized(radius, -1);
  expect(radius).toBe(LEAST_RADIUS);
});
