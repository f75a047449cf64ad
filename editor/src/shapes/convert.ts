/** Shapes made into other kinds, and simpler. Pure. */

import { joined, resolved } from "./boolean";
import { areaOf, boxOf, outlinesOf, ringsOf, round2, simplified, simplifiedLine } from "./geometry";
import { toAngle } from "./rotating";
import type { Point, RectGeometry, Ring, Shape } from "./types";

export type Target = "polygon" | "mask" | "rectangle" | "rotated" | "ellipse" | "line";

const with_ = (shape: Shape, change: Pick<Shape, "kind" | "geom">): Shape => ({ ...shape, ...change }) as Shape;

/** The shape as another kind; null when it cannot be one. */
export function converted(shape: Shape, target: Target): Shape | null {
  if (shape.kind === "points") return null;
  switch (target) {
    case "polygon":
      return toPolygon(shape);
    case "mask":
      return toMask(shape);
    case "rectangle": {
      const { x0, y0, x1, y1 } = boxOf(shape);
      const geom = { cx: round2((x0 + x1) / 2), cy: round2((y0 + y1) / 2), w: round2(x1 - x0), h: round2(y1 - y0), angle: 0 };
      return geom.w && geom.h ? with_(shape, { kind: "rect", geom }) : null;
    }
    case "rotated":
      return withRect(shape, (geom) => ({ kind: "rect", geom }));
    case "ellipse":
      return withRect(shape, ({ cx, cy, w, h, angle }) => ({
        kind: "ellipse",
        geom: { cx, cy, rx: round2(w / 2), ry: round2(h / 2), angle },
      }));
    case "line": {
      const [outline] = [...outlinesOf(shape)].sort((a, b) => areaOf([b]) - areaOf([a]));
      const points = shape.kind === "line" ? shape.geom.points : [...outline, outline[0], outline[1]].map(round2);
      return with_(shape, { kind: "line", geom: { points } });
    }
  }
}

function toPolygon(shape: Shape): Shape | null {
  const rings = shape.kind === "line" ? resolved([shape.geom.points]) : ringsOf(shape);
  if (!rings.length) return null;
  return with_(shape, { kind: "polygon", geom: { rings: rings.map((ring) => ring.map(round2)) } });
}

/** The outline of the pixels whose centres it covers, as exports of masks count them. */
function toMask(shape: Shape): Shape | null {
  const rings = ringsOf(shape);
  if (!rings.length) return null;
  const { y0, y1 } = boxOf(shape);
  const runs: Ring[] = [];
  for (let row = Math.floor(y0); row < y1; row++) {
    const ends = crossingsOf(rings, row + 0.5).map((x) => Math.ceil(x - 0.5));
    for (let i = 0; i + 1 < ends.length; i += 2) {
      const [from, to] = [ends[i], ends[i + 1]];
      if (from < to) runs.push([from, row, to, row, to, row + 1, from, row + 1]);
    }
  }
  return runs.length ? with_(shape, { kind: "polygon", geom: { rings: joined(runs) } }) : null;
}

/** Where outlines cross a horizontal line, from left to right. */
function crossingsOf(rings: Ring[], y: number): number[] {
  const found: number[] = [];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const [ax, ay] = [ring[i], ring[i + 1]];
      const [bx, by] = [ring[(i + 2) % ring.length], ring[(i + 3) % ring.length]];
      if (ay <= y !== by <= y) found.push(ax + ((y - ay) * (bx - ax)) / (by - ay));
    }
  }
  return found.sort((a, b) => a - b);
}

/** A rectangle and an ellipse keep their own axes; of all else it is the smallest box around. */
function withRect(shape: Shape, make: (rect: RectGeometry) => Pick<Shape, "kind" | "geom">): Shape | null {
  const { kind, geom } = shape;
  if (kind === "rect") return with_(shape, make(geom));
  if (kind === "ellipse") {
    const { cx, cy, rx, ry, angle } = geom;
    return with_(shape, make({ cx, cy, w: 2 * rx, h: 2 * ry, angle }));
  }
  const rect = smallestRect(outlinesOf(shape).flat());
  return rect ? with_(shape, make(rect)) : null;
}

/** The rectangle of the smallest area, at any angle, around points; null when they lie on a line. */
export function smallestRect(flat: number[]): RectGeometry | null {
  const hull = hullOf(flat);
  let best: RectGeometry | null = null;
  for (let i = 0; i < hull.length; i++) {
    const [a, b] = [hull[i], hull[(i + 1) % hull.length]];
    const length = Math.hypot(b.x - a.x, b.y - a.y);
    if (!length) continue;
    const [ux, uy] = [(b.x - a.x) / length, (b.y - a.y) / length];
    const us = hull.map(({ x, y }) => x * ux + y * uy);
    const vs = hull.map(({ x, y }) => y * ux - x * uy);
    const [u0, u1, v0, v1] = [Math.min(...us), Math.max(...us), Math.min(...vs), Math.max(...vs)];
    if (best && (u1 - u0) * (v1 - v0) >= best.w * best.h) continue;
    const [u, v] = [(u0 + u1) / 2, (v0 + v1) / 2];
    const angle = toAngle((Math.atan2(uy, ux) * 180) / Math.PI);
    best = { cx: round2(u * ux - v * uy), cy: round2(u * uy + v * ux), w: round2(u1 - u0), h: round2(v1 - v0), angle };
  }
  return best && best.w && best.h ? best : null;
}

/** The convex hull, by the order of the points. */
function hullOf(flat: number[]): Point[] {
  const points = Array.from({ length: flat.length / 2 }, (_, i) => ({ x: flat[2 * i], y: flat[2 * i + 1] }));
  points.sort((a, b) => a.x - b.x || a.y - b.y);
  const half = (order: Point[]): Point[] => {
    const chain: Point[] = [];
    for (const p of order) {
      while (chain.length > 1 && turn(chain.at(-2)!, chain.at(-1)!, p) <= 0) chain.pop();
      chain.push(p);
    }
    return chain.slice(0, -1);
  };
  return [...half(points), ...half(points.reverse())];
}

const turn = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);

/** The shape with fewer corners, none of which lay farther than `tolerance` from the new outline. */
export function withFewerCorners(shape: Shape, tolerance: number): Shape {
  if (shape.kind === "line") return { ...shape, geom: { points: simplifiedLine(shape.geom.points, tolerance) } };
  if (shape.kind !== "polygon") return shape;
  const simple = shape.geom.rings.map((ring) => simplified(ring, tolerance)).filter((ring) => ring.length >= 6);
  const rings = resolved(simple).filter((ring) => areaOf([ring]) > 0.5);
  return rings.length ? { ...shape, geom: { rings } } : shape;
}

export function cornersOf(shape: Shape): number {
  let numbers = 0;
  // Asked of thousands of shapes at once.
  for (const ring of shape.kind === "polygon" ? shape.geom.rings : outlinesOf(shape)) numbers += ring.length;
  return numbers / 2;
}
