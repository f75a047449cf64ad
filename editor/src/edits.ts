/** Pure rules of drawing: what becomes of a drawn area on this image, among these shapes. */

import { difference, imageRing, intersection } from "./shapes/boolean";
import { areaOf, boxesMeet, boxOf, boxOfRings, ringsOf } from "./shapes/geometry";
import type { Ring, Shape } from "./shapes/types";

/** Smaller areas, in image pixels², are slips of the hand. */
export const LEAST_AREA = 4;

/** Words for the labeler when an area cannot be taken. */
export class Refused extends Error {}

export interface Ground {
  width: number;
  height: number;
  permitOverlap: boolean;
}

/** The part of an area that lies on the image and, if overlap is forbidden, on no other shape. */
export function allowedArea(rings: Ring[], others: Iterable<Shape>, ground: Ground): Ring[] {
  let area = isOnImage(rings, ground)
    ? rings
    : intersection(rings, imageRing(ground.width, ground.height));
  if (!area.length) throw new Refused("That lies outside the image.");
  if (!ground.permitOverlap) {
    const covered = [...covering(area, others)].flatMap(ringsOf);
    if (covered.length) area = [...others].reduce((rest, other) => cut(rest, other), area);
    if (!area.length) throw new Refused("Other shapes cover all of that already.");
  }
  if (areaOf(area) < LEAST_AREA) throw new Refused("That is too small to be a shape.");
  return area;
}

/** Every area shape whose box meets the box of the rings. */
export function* covering(rings: Ring[], others: Iterable<Shape>): Generator<Shape> {
  const box = boxOfRings(rings);
  for (const other of others) {
    if (ringsOf(other).length && boxesMeet(box, boxOf(other))) yield other;
  }
}

function cut(rings: Ring[], other: Shape): Ring[] {
  if (!rings.length || !ringsOf(other).length) return rings;
  if (!boxesMeet(boxOfRings(rings), boxOf(other))) return rings;
  // Unchanged rings keep their own vertices, so that a neighbour that only comes near
  // does not move a single one.
  return areaOf(intersection(rings, ringsOf(other))) < 0.005
    ? rings
    : difference(rings, ringsOf(other));
}

function isOnImage(rings: Ring[], { width, height }: Ground): boolean {
  const box = boxOfRings(rings);
  return box.x0 >= 0 && box.y0 >= 0 && box.x1 <= width && box.y1 <= height;
}

/** The same shape as a polygon of the given rings; null when nothing is left of it. */
export function withRings(shape: Shape, rings: Ring[]): Shape | null {
  if (!rings.length || areaOf(rings) < LEAST_AREA) return null;
  const { id, z, attrs } = shape;
  return { id, class: shape.class, z, attrs, kind: "polygon", geom: { rings } };
}
