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
  const boxes = area.map((ring) => boxOfRings([ring]));
  return (other) => {
    const otherBox = boxOfRings(other);
    if (!area.length || !other.length || !boxesMeet(box, otherBox)) return false;
    // Rings that lie elsewhere make no difference here: what was drawn round hundreds of shapes has a hole for each.
    const rings = area.filter((_, i) => boxesMeet(boxes[i], otherBox));
    const here = rings.length < area.length ? rings : area;
    const theirs = vertexIn(other, here, box);
    const ours = theirs === "clear" ? theirs : vertexIn(here, other, otherBox);
    if (ours === "clear") return true;
    if (theirs === "none" && ours === "none" && !edgesComeNear(here, other, otherBox)) return false;
    return areaOf(intersection(here, other)) >= ROUNDING;
  };
}

/** Does a vertex lie inside an area, and clear of its border? */
function vertexIn(rings: Ring[], area: Ring[], { x0, y0, x1, y1 }: Box): "none" | "border" | "clear" {
  let isInOne = false;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const x = ring[i];
      const y = ring[i + 1];
      if (x < x0 || x > x1 || y < y0 || y > y1 || !isInside(area, x, y)) continue;
      if (nearestEdge(area, true, x, y).distance >= CLEAR) return "clear";
      isInOne = true;
    }
  }
  return isInOne ? "border" : "none";
}

/** Does the box of an edge of one meet that of an edge of the other? */
function edgesComeNear(a: Ring[], b: Ring[], boxOfB: Box): boolean {
  const near = [...edgeBoxes(a)].filter((box) => boxesMeet(box, boxOfB));
  if (!near.length) return false;
  for (const edge of edgeBoxes(b)) if (near.some((box) => boxesMeet(box, edge))) return true;
  return false;
}

function* edgeBoxes(rings: Ring[]): Generator<Box> {
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      yield {
        x0: Math.min(ring[i], ring[j]),
        y0: Math.min(ring[i + 1], ring[j + 1]),
        x1: Math.max(ring[i], ring[j]),
        y1: Math.max(ring[i + 1], ring[j + 1]),
      };
    }
  }
}
