/** Turning shapes, and rectangles that stand at an angle. Pure. */

import { boxOf, round2 } from "./geometry";
import type { Point, RectGeometry, Shape } from "./types";

const DEGREE = Math.PI / 180;

/** An angle as it is stored: a multiple of 0.01 in [0, 360). */
export const toAngle = (degrees: number): number => round2(((degrees % 360) + 360) % 360) % 360;

/** The rectangle with a side from a to b that reaches as far as a third point. */
export function rectOnSide(a: Point, b: Point, to: Point): RectGeometry {
  const w = Math.hypot(b.x - a.x, b.y - a.y);
  const along = { x: (b.x - a.x) / (w || 1), y: (b.y - a.y) / (w || 1) };
  const across = (to.x - a.x) * -along.y + (to.y - a.y) * along.x;
  return {
    cx: round2((a.x + b.x) / 2 - (along.y * across) / 2),
    cy: round2((a.y + b.y) / 2 + (along.x * across) / 2),
    w: round2(w),
    h: round2(Math.abs(across)),
    angle: toAngle(Math.atan2(along.y, along.x) / DEGREE),
  };
}

/** About what a shape is turned. */
export function pivotOf(shape: Shape): Point {
  if (shape.kind === "rect" || shape.kind === "ellipse") return { x: shape.geom.cx, y: shape.geom.cy };
  const { x0, y0, x1, y1 } = boxOf(shape);
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
}

/** The shape turned clockwise about a point. */
export function rotated(shape: Shape, degrees: number, about: Point): Shape {
  const cos = Math.cos(degrees * DEGREE);
  const sin = Math.sin(degrees * DEGREE);
  const turn = (x: number, y: number): [number, number] => [
    round2(about.x + (x - about.x) * cos - (y - about.y) * sin),
    round2(about.y + (x - about.x) * sin + (y - about.y) * cos),
  ];
  const turnFlat = (flat: number[]): number[] =>
    Array.from({ length: flat.length / 2 }, (_, i) => turn(flat[2 * i], flat[2 * i + 1])).flat();
  switch (shape.kind) {
    case "polygon":
      return { ...shape, geom: { rings: shape.geom.rings.map(turnFlat) } };
    case "line":
      return { ...shape, geom: { points: turnFlat(shape.geom.points) } };
    case "points": {
      const points = shape.geom.points.map((point) => {
        const [x, y] = turn(point.x, point.y);
        return { ...point, x, y };
      });
      return { ...shape, geom: { points } };
    }
    default: {
      const [cx, cy] = turn(shape.geom.cx, shape.geom.cy);
      return { ...shape, geom: { ...shape.geom, cx, cy, angle: toAngle(shape.geom.angle + degrees) } } as Shape;
    }
  }
}
