import { describe, expect, it } from "vitest";
import { difference, enclosed, intersection, resolved, uncovered, union } from "../src/shapes/boolean";
import { areaOf } from "../src/shapes/geometry";
import type { Ring } from "../src/shapes/types";
import * as make from "./making";

const SIZE = 120;
const CASES = 25;

/** A pixel whose centre lies this near to a drawn edge may fall either way: corners are rounded. */
const ROUNDING = 0.03;

function cases(test: (a: Ring[], b: Ring[]) => void): void {
  for (let seed = 1; seed <= CASES; seed++) {
    const chance = make.random(seed);
    test([make.stroke(chance, SIZE)], [make.stroke(chance, SIZE)]);
  }
}

function expectSameArea(rings: Ring[], wanted: Uint8Array, drawn: Ring[]): void {
  const got = make.raster(rings, SIZE, "evenodd");
  got.forEach((pixel, i) => {
    if (pixel === wanted[i]) return;
    const [x, y] = [(i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5];
    expect(make.distanceToEdges(drawn, x, y)).toBeLessThan(ROUNDING);
  });
}

describe("areas of random strokes, against pixels counted by a rasteriser of the test's own", () => {
  const raster = (rings: Ring[]) => make.raster(rings, SIZE, "evenodd");

  it("adds", () =>
    cases((a, b) => expectSameArea(union(a, b), make.combine(raster(a), raster(b), (p, q) => !!(p || q)), [...a, ...b])));

  it("takes away", () =>
    cases((a, b) => expectSameArea(difference(a, b), make.combine(raster(a), raster(b), (p, q) => !!(p && !q)), [...a, ...b])));

  it("takes away many at once: inside, outside, across the border, in one another and over one another", () => {
    for (let seed = 1; seed <= CASES; seed++) {
      const chance = make.random(seed);
      const area = [make.stroke(chance, SIZE), make.square(20, 20, 80)];
      const others = Array.from({ length: 60 }, (): Ring[] => {
        const [x, y, side] = [chance() * 115, chance() * 115, 1 + chance() * (seed % 2 ? 6 : 16)].map((one) => Math.round(one * 4) / 4);
        const frame = [make.square(x, y, side), make.square(x + side / 4, y + side / 4, side / 2)];
        return chance() < 0.3 ? frame : [make.square(x, y, side)];
      });
      const wanted = others.reduce((left, other) => make.combine(left, raster(other), (p, q) => !!(p && !q)), raster(area));
      expectSameArea(uncovered(area, others), wanted, [...area, ...others.flat()]);
      expect(areaOf(uncovered(area, others))).toBeCloseTo(areaOf(others.reduce((left, other) => difference(left, other), resolved(area))), 0);
    }
  });

  it("cuts out what both cover", () =>
    cases((a, b) => expectSameArea(intersection(a, b), make.combine(raster(a), raster(b), (p, q) => !!(p && q)), [...a, ...b])));

  it("keeps even-odd areas when it resolves crossings", () =>
    cases((a, b) => expectSameArea(resolved([...a, ...b]), raster([...a, ...b]), [...a, ...b])));

  it("encloses all that a stroke goes round, without holes from crossings", () =>
    cases((a) => expectSameArea(enclosed(a[0], 0), make.raster(a, SIZE, "nonzero"), a)));
});

describe("areas add up", () => {
  it("a ∪ b and a ∩ b have together the area of a and b", () =>
    cases((a, b) => {
      const sum = areaOf(resolved(a)) + areaOf(resolved(b));
      expect(areaOf(union(a, b)) + areaOf(intersection(a, b))).toBeCloseTo(sum, -0.3);
    }));

  it("what was taken away and added again is there again", () =>
    cases((a, b) => {
      const back = union(difference(a, b), intersection(a, b));
      expect(Math.abs(areaOf(back) - areaOf(resolved(a)))).toBeLessThan(1);
    }));

  it("neighbours after a cut share no area", () =>
    cases((a, b) => expect(areaOf(intersection(difference(a, b), b))).toBeLessThan(0.6)));
});

it("a hole is a ring of its own, and coordinates stay multiples of 0.01", () => {
  const rings = difference([make.square(0, 0, 30)], [make.square(10.005, 10, 10)]);
  expect(rings).toHaveLength(2);
  expect(areaOf(rings)).toBeCloseTo(800, 0);
  for (const value of rings.flat()) expect(Math.round(value * 100) / 100).toBe(value);
});

it("300 strokes added and taken away leave an area that is still sound", () => {
  const chance = make.random(7);
  let area: Ring[] = [make.square(20, 20, 60)];
  for (let i = 0; i < 300; i++) {
    const loop = enclosed(make.stroke(chance, SIZE, 16), 1);
    area = i % 2 ? union(area, loop) : difference(area, loop);
  }
  expectSameArea(resolved(area), make.raster(area, SIZE, "evenodd"), area);
  expect(areaOf(area)).toBeLessThanOrEqual(SIZE * SIZE * 2.25);
}, 30_000);
