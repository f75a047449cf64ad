import { describe, expect, it } from "vitest";
import { difference, imageRing, intersection, partsOf, resolved, uncovered, union } from "../src/shapes/boolean";
import { converted, cornersOf, smallestRect, withFewerCorners } from "../src/shapes/convert";
import { areaOf, isInside, rectRing, ringsOf } from "../src/shapes/geometry";
import { gapAt, splitBy } from "../src/shapes/parts";
import type { RectGeometry, Ring, Shape } from "../src/shapes/types";
import * as make from "./making";

const SIZE = 120;
const rect = (x: number, y: number, w: number, h: number): Ring => [x, y, x + w, y, x + w, y + h, x, y + h];
const sizes = (parts: Ring[][]) => parts.map((part) => Math.round(areaOf(part))).sort((a, b) => b - a);

/** Pieces that cover the whole, and none of which covers any of another. */
function expectPartition(pieces: Ring[][], whole: Ring[]): void {
  const total = pieces.reduce((sum, piece) => sum + areaOf(piece), 0);
  expect(Math.abs(total - areaOf(resolved(whole)))).toBeLessThan(1);
  pieces.forEach((a, i) =>
    pieces.slice(i + 1).forEach((b) => expect(areaOf(intersection(a, b))).toBeLessThan(0.6)),
  );
}

describe("the parts of an area", () => {
  it("are its outlines, each with its own holes, also inside a hole", () => {
    const rings = [rect(0, 0, 50, 50), rect(10, 10, 30, 30), rect(20, 20, 10, 10), rect(60, 0, 20, 20)];
    const parts = partsOf(rings);
    expect(parts.map((part) => part.length).sort()).toEqual([1, 1, 2]);
    expect(sizes(parts)).toEqual([1600, 400, 100]);
  });

  it("are together the area, for random strokes", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const chance = make.random(seed);
      const rings = [make.stroke(chance, SIZE), make.stroke(chance, SIZE)];
      expectPartition(partsOf(rings), rings);
    }
  });
});

describe("a line through an area", () => {
  it("makes two of it", () => {
    expect(sizes(splitBy([rect(0, 0, 60, 40)], [20, -5, 20, 45]))).toEqual([1600, 800]);
  });

  it("that ends inside makes nothing", () => {
    expect(splitBy([rect(0, 0, 60, 40)], [20, -5, 20, 30])).toHaveLength(1);
    expect(splitBy([rect(0, 0, 60, 40)], [10, 10, 50, 30])).toHaveLength(1);
    expect(splitBy([rect(0, 0, 60, 40)], [100, 100, 150, 100])).toHaveLength(1);
  });

  it("counts only as far as it was drawn: one arm of a U is cut, the other not", () => {
    const u = [[0, 0, 20, 0, 20, 60, 40, 60, 40, 0, 60, 0, 60, 80, 0, 80]];
    expect(sizes(splitBy(u, [-5, 30, 30, 30]))).toEqual([2 * 20 * 80 + 20 * 20 - 600, 600]);
    expect(sizes(splitBy(u, [-5, 30, 65, 30]))).toEqual([3600 - 1200, 600, 600]);
  });

  it("may bend, and cross an area several times", () => {
    expect(sizes(splitBy([rect(0, 0, 60, 40)], [-5, 20, 30, 20, 30, 45]))).toEqual([1800, 600]);
    expect(sizes(splitBy([rect(0, 0, 60, 40)], [10, -5, 10, 45, 50, 45, 50, -5]))).toEqual([1600, 400, 400]);
  });

  it("through a hole needs to reach both rims of it", () => {
    const ring = [rect(0, 0, 60, 60), rect(20, 20, 20, 20)];
    expect(splitBy(ring, [30, -5, 30, 30])).toHaveLength(1);
    expect(sizes(splitBy(ring, [30, -5, 30, 65]))).toEqual([1600, 1600]);
  });

  it("leaves alone what it does not touch: other parts stay with the largest piece", () => {
    const two = [rect(0, 0, 60, 40), rect(80, 0, 30, 30)];
    expect(sizes(splitBy(two, [20, -5, 20, 45]))).toEqual([1600 + 900, 800]);
  });

  it("divides random areas without loss or overlap, whatever way it goes", () => {
    let divided = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const chance = make.random(seed);
      const area = [make.stroke(chance, SIZE)];
      const line = Array.from({ length: 4 + 2 * Math.floor(3 * chance()) }, () => Math.round(chance() * SIZE * 100) / 100);
      const pieces = splitBy(area, line);
      expectPartition(pieces, area);
      if (pieces.length > 1) divided++;
      const again = pieces.reduce((sum, piece) => union(sum, piece), [] as Ring[]);
      expect(Math.abs(areaOf(again) - areaOf(resolved(area)))).toBeLessThan(1);
    }
    expect(divided).toBeGreaterThan(20);
  });
});

it("a gap is what of the image nothing covers, around a point", () => {
  // Walls that overlap at their ends.
  const walls = [[rect(0, 0, 100, 10)], [rect(0, 90, 100, 10)], [rect(0, 0, 10, 100)], [rect(90, 0, 10, 100)]];
  expect(areaOf(gapAt({ x: 50, y: 50 }, walls, 200, 100)!)).toBe(80 * 80);
  expect(areaOf(gapAt({ x: 150, y: 50 }, walls, 200, 100)!)).toBe(100 * 100);
  expect(gapAt({ x: 5, y: 5 }, walls, 200, 100)).toBeNull();
});

describe("converting", () => {
  const box: Shape = { ...make.polygon("a", []), kind: "rect", geom: { cx: 50, cy: 40, w: 40, h: 20, angle: 30 } } as Shape;

  it("keeps the area of a box as a polygon, and the axes of a box as an ellipse", () => {
    expect(areaOf(ringsOf(converted(box, "polygon")!))).toBeCloseTo(800, 0);
    expect(converted(box, "ellipse")!.geom).toEqual({ cx: 50, cy: 40, rx: 20, ry: 10, angle: 30 });
    expect(converted(converted(box, "ellipse")!, "rotated")!.geom).toEqual(box.geom);
  });

  it("puts an upright box around anything", () => {
    const upright = converted(box, "rectangle")!.geom as RectGeometry;
    expect(upright.angle).toBe(0);
    expect(upright.w).toBeCloseTo(40 * Math.cos(Math.PI / 6) + 20 * Math.sin(Math.PI / 6), 1);
  });

  it("finds the turned box again in the polygon that was made of it", () => {
    const found = converted(converted(box, "polygon")!, "rotated")!.geom as RectGeometry;
    expect(found.w * found.h).toBeCloseTo(800, -0.5);
    expect(areaOf(intersection([rectRing(found)], ringsOf(box)))).toBeGreaterThan(795);
  });

  it("finds a smallest box that no turned one beats, and that holds every point", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const chance = make.random(seed);
      const points = make.stroke(chance, SIZE, 12);
      const best = smallestRect(points)!;
      for (let degrees = 0; degrees < 90; degrees += 1) {
        const [c, s] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
        const us = points.flatMap((x, i) => (i % 2 ? [] : [x * c + points[i + 1] * s]));
        const vs = points.flatMap((x, i) => (i % 2 ? [] : [points[i + 1] * c - x * s]));
        const area = (Math.max(...us) - Math.min(...us)) * (Math.max(...vs) - Math.min(...vs));
        expect(best.w * best.h).toBeLessThanOrEqual(area + 1);
      }
      const wider = rectRing({ ...best, w: best.w + 0.1, h: best.h + 0.1 });
      expect(areaOf(intersection([wider], resolved([points])))).toBeCloseTo(areaOf(resolved([points])), 0);
    }
  });

  it("makes a closed line of an outline, and an area of a closed line", () => {
    const line = converted(make.polygon("a", [rect(0, 0, 10, 10)]), "line")!;
    expect(line.geom).toEqual({ points: [0, 0, 10, 0, 10, 10, 0, 10, 0, 0] });
    expect(areaOf(ringsOf(converted(line, "polygon")!))).toBe(100);
    const straight = { ...line, geom: { points: [0, 0, 10, 10] } } as Shape;
    for (const target of ["polygon", "rotated"] as const) expect(converted(straight, target)).toBeNull();
  });
});

describe("fewer corners", () => {
  it("are enough for an outline that stays within the tolerance", () => {
    const chance = make.random(5);
    const before = make.polygon("a", resolved([make.stroke(chance, SIZE, 300)]));
    const after = withFewerCorners(before, 0.8);
    expect(cornersOf(after)).toBeLessThan(cornersOf(before));
    for (const ring of ringsOf(before)) {
      for (let i = 0; i < ring.length; i += 2) {
        expect(make.distanceToEdges(ringsOf(after), ring[i], ring[i + 1])).toBeLessThan(1);
      }
    }
  });

  it("never make a shape vanish, and holes stay holes", () => {
    const before = make.polygon("a", [rect(0, 0, 60, 60), rect(20, 20, 20, 20)]);
    expect(cornersOf(withFewerCorners(before, 5))).toBe(8);
    const tiny = make.polygon("b", [rect(0, 0, 3, 3)]);
    expect(withFewerCorners(tiny, 500).geom).toEqual(withFewerCorners(tiny, 0).geom);
  });
});

it.each([1, 2, 3, 4])("a gap is the same however large a window was needed to find it (seed %i)", (seed) => {
  const chance = make.random(seed);
  const areas = Array.from({ length: 60 }, () => [make.square(900 * chance(), 900 * chance(), 40 + 160 * chance())]);
  const free = partsOf(uncovered(imageRing(1000, 1000), areas));
  let found = 0;
  for (let i = 0; i < 40; i++) {
    const at = { x: 1000 * chance(), y: 1000 * chance() };
    const expected = free.find((part) => isInside(part, at.x, at.y));
    const gap = gapAt(at, areas, 1000, 1000);
    expect(gap === null).toBe(expected === undefined);
    if (!gap) continue;
    found++;
    expect(areaOf(difference(gap, expected!)) + areaOf(difference(expected!, gap))).toBeLessThan(0.5);
  }
  expect(found).toBeGreaterThan(3);
});
