import { describe, expect, it } from "vitest";
import { withoutOverlap } from "../src/edits";
import { areaOf, rectRing, ringsOf } from "../src/shapes/geometry";
import { handlesInSight } from "../src/shapes/handles";
import { pivotOf, rectOnSide, rotated, toAngle } from "../src/shapes/rotating";
import type { Shape } from "../src/shapes/types";
import { ground, polygon, random, square } from "./making";

const GROUND = ground(400, 300);
const STAGE = { width: 400, height: 300 };

const rect = (cx: number, cy: number, w: number, h: number, angle = 0): Shape => ({
  id: "a", class: 1, z: 1, attrs: {}, kind: "rect", geom: { cx, cy, w, h, angle },
});

const turner = (shape: Shape, view = { s: 1, x: 0, y: 0 }) =>
  handlesInSight(shape, view, STAGE).find(({ stalk }) => stalk)!;

describe("a rectangle on a side", () => {
  it("has this side, and reaches as far as the pointer, whatever way it was drawn", () => {
    const chance = random(1);
    for (let i = 0; i < 300; i++) {
      const [a, b, to] = [0, 1, 2].map(() => ({ x: 400 * chance(), y: 300 * chance() }));
      const geom = rectOnSide(a, b, to);
      if (geom.w < 5 || geom.h < 5) continue;
      const ring = rectRing(geom);
      const corners = [0, 2, 4, 6].map((j) => ({ x: ring[j], y: ring[j + 1] }));
      for (const end of [a, b]) {
        expect(Math.min(...corners.map((c) => Math.hypot(c.x - end.x, c.y - end.y)))).toBeLessThan(0.1);
      }
      // The pointer lies on the line through the opposite side.
      const far = corners.filter((c) => [a, b].every((end) => Math.hypot(c.x - end.x, c.y - end.y) > 1));
      if (far.length !== 2) continue;
      const [p, q] = far;
      const off = ((q.x - p.x) * (to.y - p.y) - (q.y - p.y) * (to.x - p.x)) / Math.hypot(q.x - p.x, q.y - p.y);
      expect(Math.abs(off)).toBeLessThan(0.2);
      expect(geom.angle).toBeGreaterThanOrEqual(0);
      expect(geom.angle).toBeLessThan(360);
    }
  });
});

describe("turning", () => {
  it("keeps areas, and four quarter turns change nothing", () => {
    const chance = random(2);
    for (const shape of [polygon("p", [square(50, 60, 40), square(60, 70, 10)]), rect(100, 90, 60, 20, 30)]) {
      const turned = rotated(shape, 360 * chance(), pivotOf(shape));
      const [area, wanted] = [turned, shape].map((one) => areaOf(ringsOf(one)));
      expect(Math.abs(area - wanted)).toBeLessThan(1);
      let round = shape;
      for (let i = 0; i < 4; i++) round = rotated(round, 90, pivotOf(shape));
      expect(round).toEqual(shape);
    }
  });

  it("turns lines and points too, and keeps what else they are", () => {
    const line = { ...rect(0, 0, 1, 1), kind: "line", geom: { points: [100, 100, 200, 100] } } as Shape;
    expect(rotated(line, 90, pivotOf(line)).geom).toEqual({ points: [150, 50, 150, 150] });
    const nose = { name: "nose", x: 10, y: 20, visible: false };
    const points = { ...line, kind: "points", geom: { points: [nose] } } as Shape;
    expect(rotated(points, 180, { x: 20, y: 20 }).geom).toEqual({ points: [{ ...nose, x: 30 }] });
  });

  it.each([[-90, 270], [360, 0], [359.999, 0], [725.126, 5.13]])("stores %d° as %d°", (from, to) => {
    expect(toAngle(from)).toBe(to);
  });
});

describe("the round handle", () => {
  it("turns a rectangle after the pointer, with Shift by steps of 15°", () => {
    const shape = rect(200, 150, 100, 60);
    const handle = turner(shape);
    expect(handle).toMatchObject({ x: 200, y: 150 - 30 - 30 });
    expect(handle.pull({ x: 300, y: 150 }).geom).toMatchObject({ angle: 90, w: 100, h: 60, cx: 200, cy: 150 });
    expect(handle.pull({ x: 300, y: 144 }).geom).toMatchObject({ angle: 86.57 });
    expect(handle.pull({ x: 300, y: 144 }, true).geom).toMatchObject({ angle: 90 });
  });

  it("stands above a turned rectangle as it stands, and below where above is no room", () => {
    expect(turner(rect(200, 150, 100, 60, 90)).x).toBeCloseTo(260);
    expect(turner(rect(200, 40, 100, 60)).y).toBe(100);
  });

  it("is as far away on the screen at any zoom", () => {
    expect(turner(rect(200, 150, 100, 60), { s: 2, x: -200, y: -100 }).y).toBe(150 - 30 - 15);
  });

  it("is not there for a circle or a single point", () => {
    const circle = { ...rect(0, 0, 1, 1), kind: "ellipse", geom: { cx: 90, cy: 90, rx: 9, ry: 9, angle: 0 } } as Shape;
    expect(turner(circle)).toBeUndefined();
    const points = { ...circle, kind: "points", geom: { points: [{ name: "", x: 90, y: 90, visible: true }] } } as Shape;
    expect(turner(points)).toBeUndefined();
  });
});

it("what is no polygon may stick out of the image a little, as on the server, and no more", () => {
  const near = rect(390, 150, 60, 40, 45);
  expect(withoutOverlap(near, [], GROUND)).toBe(near);
  expect(() => withoutOverlap(rect(390, 150, 180, 40), [], GROUND)).toThrow(/too far outside/);
  expect(() => withoutOverlap(rect(500, 150, 60, 40), [], GROUND)).toThrow(/lies outside/);
});
