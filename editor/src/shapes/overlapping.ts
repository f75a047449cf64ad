/** Do areas overlap? Asked of hundreds of neighbours at once, so it is answered by vertices if possible. */

import { intersection } from "./boolean";
import { areaOf, boxesMeet, boxOfRings, isInside, nearestEdge } from "./geometry";
import type { Box, Ring } from "./types";

/** Less than this, in pixels², is the rounding of two borders that are one. */
export const ROUNDING = 0.005;
/** So far inside another area, in pixels, a vertex lies on no border that both share. */
const CLEAR = 0.2;

/** Tells for each area whether it overlaps this one by more than rounding. */
export function overlapWith(area: Ring[]): (other: Ring[]) => boolean {
  const box = boxOfRings(area);
  return (other) => {
    const otherBox = boxOfRings(other);
    if (!area.length || !other.length || !boxesMeet(box, otherBox)) return false;
    if (hasClearVertex(other, area, box) || hasClearVertex(area, other, otherBox)) return true;
    return areaOf(intersection(area, other)) >= ROUNDING;
  };
}

function hasClearVertex(rings: Ring[], area: Ring[], { x0, y0, x1, y1 }: Box): boolean {
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const x = ring[i];
      const y = ring[i + 1];
      if (x < x0 || x > x1 || y < y0 || y > y1 || !isInside(area, x, y)) continue;
      if (nearestEdge(area, true, x, y).distance >= CLEAR) return true;
    }
  }
  return false;
}
