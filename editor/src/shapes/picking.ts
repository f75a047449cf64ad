/** Which shape is under a point. Pure. */

import { boxOf, isHit } from "./geometry";
import type { Skeleton } from "./skeleton";
import type { Point, Shape } from "./types";

/**
 * Points and lines first, then the smallest area, so that what lies inside another shape can
 * always be taken hold of.
 */
export function shapeUnder(
  at: Point,
  shapes: Iterable<Shape>,
  tolerance: number,
  skeletonOf: (shape: Shape) => Skeleton | undefined,
): Shape | null {
  let found: Shape | null = null;
  let smallest = Infinity;
  for (const shape of shapes) {
    const box = boxOf(shape);
    const isThin = shape.kind === "points" || shape.kind === "line";
    const size = isThin ? -1 : (box.x1 - box.x0) * (box.y1 - box.y0);
    const isBetter = size < smallest || (size === smallest && shape.z >= found!.z);
    if (isBetter && isHit(shape, at.x, at.y, tolerance, skeletonOf(shape))) [found, smallest] = [shape, size];
  }
  return found;
}
