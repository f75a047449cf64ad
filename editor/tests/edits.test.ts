import { describe, expect, it } from "vitest";
import { allowedArea, LEAST_AREA, Refused, withoutOverlap, withRings } from "../src/edits";
import { intersection } from "../src/shapes/boolean";
import { areaOf, boxOf, isHit, isInside, keptInside, moved, rectBetween, rectRing, ringsOf, simplified } from "../src/shapes/geometry";
import { handlesInSight, handlesOf, withNewVertex, withoutVertex, withVertex } from "../src/shapes/handles";
import type { Kind, Shape } from "../src/shapes/types";
import { ground, polygon, random, square, stroke } from "./making";

const GROUND = ground(100, 80);
const STRICT = ground(100, 80, { permitOverlap: false });

const rect = (id: string, x: number, y: number, w: number, h: number): Shape => ({
  id, class: 1, z: 1, attrs: {}, kind: "rect", geom: { cx: x + w / 2, cy: y + h / 2, w, h, angle: 0 },
});

describe("a drawn area", () => {
  it("stays as it was drawn where it may", () => {
    const rings = [square(10, 10, 20)];
    expect(allowedArea(rings, [], GROUND)).toBe(rings);
  });

  it("is cut at the border of the image", () => {
    const area = allowedArea([square(90, 70, 30)], [], GROUND);
    expect(areaOf(area)).toBeCloseTo(100, 5);
  });

  it.each([
    ["outside the image", square(200, 200, 20), /outside/],
    ["of a speck", square(10, 10, 1), /too small/],
    ["hidden by others", square(12, 12, 5), /cover all/],
  ])("is refused in words: %s", (_, ring, words) => {
    expect(() => allowedArea([ring], [polygon("a", [square(10, 10, 20)])], STRICT)).toThrow(words);
  });

  it("does not overlap its neighbours, and shares their border", () => {
    const chance = random(3);
    const shapes: Shape[] = [];
    for (let i = 0; i < 30; i++) {
      try {
        const area = allowedArea([stroke(chance, 80)], shapes, STRICT);
        shapes.push(polygon(`${i}`, area));
      } catch (problem) {
        expect(problem).toBeInstanceOf(Refused);
      }
    }
    for (const a of shapes) {
      for (const b of shapes) {
        if (a.id < b.id) expect(areaOf(intersection(ringsOf(a), ringsOf(b)))).toBeLessThan(0.6);
      }
    }
    expect(shapes.length).toBeGreaterThan(4);
  });

  it("leaves no specks, but keeps holes", () => {
    const left = withRings(polygon("a", []), [square(0, 0, 20), square(5, 5, 1).reverse(), square(40, 40, 1)]);
    expect(left && areaOf(ringsOf(left))).toBeGreaterThan(LEAST_AREA);
  });
});

describe("a rectangle where overlap is forbidden", () => {
  const other = rect("b", 30, 30, 20, 20);

  it("stays a rectangle when it only touches", () => {
    const drawn = rect("a", 10, 30, 20, 20);
    expect(withoutOverlap(drawn, [other], STRICT)).toBe(drawn);
  });

  it("becomes a polygon when it is cut", () => {
    const cut = withoutOverlap(rect("a", 20, 30, 20, 20), [other], STRICT);
    expect(cut.kind).toBe("polygon");
    expect(areaOf(ringsOf(cut))).toBeCloseTo(200, 5);
  });

  it("is refused when the task has no polygons", () => {
    const boxesOnly = { ...STRICT, kinds: new Set<Kind>(["rect"]) };
    expect(() => withoutOverlap(rect("a", 20, 30, 20, 20), [other], boxesOnly)).toThrow(/must not overlap/);
  });
});

describe("rectangles", () => {
  it("have corners on the grid, inside the image, however they were dragged", () => {
    const chance = random(5);
    for (let i = 0; i < 500; i++) {
      const point = () => ({ x: chance() * 140 - 20, y: chance() * 120 - 20 });
      const geom = rectBetween(point(), point(), 100, 80);
      for (const [j, value] of rectRing(geom).entries()) {
        expect(Math.abs(value * 100 - Math.round(value * 100))).toBeLessThan(1e-6);
        expect(value).toBeGreaterThanOrEqual(-1e-9);
        expect(value).toBeLessThanOrEqual((j % 2 ? 80 : 100) + 1e-9);
      }
    }
  });

  it("keep the opposite corner where it is when one is pulled, also when they are turned", () => {
    const shape = { ...rect("a", 20, 20, 30, 10), geom: { cx: 35, cy: 25, w: 30, h: 10, angle: 30 } } as Shape;
    const before = rectRing(shape.geom as never);
    const after = handlesOf(shape)[0].pull({ x: 18, y: 12 });
    const corners = rectRing(after.geom as never);
    expect(corners[4]).toBeCloseTo(before[4], 1);
    expect(corners[5]).toBeCloseTo(before[5], 1);
    expect(corners[0]).toBeCloseTo(18, 1);
    expect(corners[1]).toBeCloseTo(12, 1);
  });
});

describe("vertices", () => {
  const shape = polygon("a", [square(10, 10, 20), square(15, 15, 5)]);

  it("move, and nothing else does", () => {
    const after = withVertex(shape, 1, 2, { x: 22.123, y: 14.999 });
    expect(ringsOf(after)[1]).toEqual([15, 15, 22.12, 15, 20, 20, 15, 20]);
    expect(ringsOf(after)[0]).toBe(ringsOf(shape)[0]);
  });

  it("are put in on an edge and taken out again", () => {
    const more = withNewVertex(shape, 0, 6, { x: 10, y: 20 });
    expect(ringsOf(more)[0]).toEqual([10, 10, 30, 10, 30, 30, 10, 30, 10, 20]);
    expect(withoutVertex(more, 0, 8)?.geom).toEqual(shape.geom);
  });

  it("take a ring of three with them, and the shape with its last ring", () => {
    const triangle = polygon("a", [[0, 0, 9, 0, 0, 9], square(20, 20, 9)]);
    expect(ringsOf(withoutVertex(triangle, 0, 0)!)).toEqual([square(20, 20, 9)]);
    expect(withoutVertex(polygon("a", [[0, 0, 9, 0, 0, 9]]), 0, 0)).toBeNull();
  });

  it("have handles where they are in sight, and none when they lie on one another", () => {
    const view = { s: 1, x: 0, y: 0 };
    expect(handlesInSight(shape, view, { width: 2, height: 2 })).toHaveLength(1);
    const ring = Array.from({ length: 2000 }, (_, i) => 50 + 40 * (i % 2 ? Math.sin(i) : Math.cos(i)));
    const handles = handlesInSight(polygon("a", [ring]), view, { width: 200, height: 200 });
    expect(handles.filter(({ vertex }) => vertex)).toHaveLength(0);
  });
});

describe("what is hit", () => {
  it("is the even-odd area: not its hole", () => {
    const rings = [square(0, 0, 30), square(10, 10, 10)];
    expect(isInside(rings, 5, 5)).toBe(true);
    expect(isInside(rings, 15, 15)).toBe(false);
  });

  it("is a point or a line also from near by", () => {
    const points = { name: "", x: 10, y: 10, visible: true };
    const point = { ...polygon("a", []), kind: "points", geom: { points: [points] } } as Shape;
    const line = { ...polygon("b", []), kind: "line", geom: { points: [0, 0, 20, 20] } } as Shape;
    expect(isHit(point, 12, 10, 3)).toBe(true);
    expect(isHit(line, 10, 12, 3)).toBe(true);
    expect(isHit(line, 10, 18, 3)).toBe(false);
  });
});

it("moving stops at the border of the image", () => {
  const shape = rect("a", 10, 10, 20, 20);
  const by = keptInside(boxOf(shape), 500, -500, 100, 80);
  expect(boxOf(moved(shape, by.x, by.y))).toEqual({ x0: 80, y0: 0, x1: 100, y1: 20 });
});

it("simplifying keeps every dropped point within the tolerance", () => {
  const chance = random(11);
  const ring = stroke(chance, 500, 600);
  const simple = simplified(ring, 2);
  expect(simple.length).toBeLessThan(ring.length);
  for (let i = 0; i < simple.length; i += 2) {
    expect(ring.some((value, j) => j % 2 === 0 && value === simple[i] && ring[j + 1] === simple[i + 1])).toBe(true);
  }
});
