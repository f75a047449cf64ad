/** Where a pointer that comes near to other shapes is drawn to. Pure. */

import { boxOf, nearestEdge, outlinesOf, ringsOf } from "./shapes/geometry";
import type { Point, Shape } from "./shapes/types";

export interface Snap extends Point {
  to: "corner" | "edge";
}

/** The nearest corner within reach, or else the nearest place on an edge; the image's border too. */
export function snapped(at: Point, shapes: Iterable<Shape>, image: { width: number; height: number }, reach: number): Snap | null {
  let corner: Snap | null = null;
  let edge: Snap | null = null;
  let [toCorner, toEdge] = [reach, reach];
  const look = (outlines: number[][], isClosed: boolean) => {
    for (const flat of outlines) {
      for (let i = 0; i < flat.length; i += 2) {
        const distance = Math.hypot(flat[i] - at.x, flat[i + 1] - at.y);
        if (distance < toCorner) [corner, toCorner] = [{ x: flat[i], y: flat[i + 1], to: "corner" }, distance];
      }
    }
    const near = nearestEdge(outlines, isClosed, at.x, at.y);
    if (near.distance < toEdge) [edge, toEdge] = [{ x: near.x, y: near.y, to: "edge" }, near.distance];
  };
  for (const shape of shapes) {
    const { x0, y0, x1, y1 } = boxOf(shape);
    if (at.x < x0 - reach || at.y < y0 - reach || at.x > x1 + reach || at.y > y1 + reach) continue;
    look(outlinesOf(shape), ringsOf(shape).length > 0);
  }
  const { width, height } = image;
  look([[0, 0, width, 0, width, height, 0, height]], true);
  return corner ?? edge;
}
