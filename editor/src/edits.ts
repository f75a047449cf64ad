/** Pure rules of drawing: what becomes of a drawn area on this image, among these shapes. */

import { imageRing, intersection, resolved, uncovered } from "./shapes/boolean";
import { areaOf, boxesMeet, boxOf, boxOfRings, ringsOf, windingOf } from "./shapes/geometry";
import { overlapWith } from "./shapes/overlapping";
import type { Kind, Ring, Shape } from "./shapes/types";

/** Smaller areas, in image pixels², are slips of the hand. */
export const LEAST_AREA = 4;
/** As in labeling/shapes.py. */
const MARGIN = 0.1;

/** Words for the labeler when an area cannot be taken. */
export class Refused extends Error {}

/** What an image and its task permit; plain data, which a worker is given too. */
export interface Ground {
  width: number;
  height: number;
  permitOverlap: boolean;
  /** Where overlap is forbidden: a new shape cuts the others, instead of being cut by them. */
  newCuts: boolean;
  /** The kinds of shapes that the task's tools make. */
  kinds: ReadonlySet<Kind>;
  /** Classes by their ids, with the kinds that their shapes may be of. */
  classes: ReadonlyMap<number, { name: string; kinds: ReadonlySet<Kind> }>;
}

/** May shapes of this class be polygons? What is cut becomes one. */
export const permitsPolygons = ({ kinds, classes }: Ground, label: number): boolean =>
  (classes.get(label)?.kinds ?? kinds).has("polygon");

/** The part of an area that lies on the image and, if overlap is forbidden, on no other shape. */
export function allowedArea(rings: Ring[], others: Iterable<Shape>, ground: Ground): Ring[] {
  let area = isOnImage(rings, ground)
    ? rings
    : intersection(rings, imageRing(ground.width, ground.height));
  if (!area.length) throw new Refused("That lies outside the image.");
  if (areaOf(resolved(area)) < LEAST_AREA) throw new Refused("That is too small to be a shape.");
  if (ground.permitOverlap) return area;
  // Unchanged rings keep their own vertices, so that a neighbour that only comes near does not
  // move a single one. All at once: one after the other, hundreds of them would take a minute.
  const cutters = [...covering(area, others)].map(ringsOf).filter(overlapWith(area));
  if (cutters.length) area = withoutCrumbs(uncovered(area, cutters));
  if (areaOf(area) < LEAST_AREA) throw new Refused("Other shapes cover all of that already.");
  return area;
}

/** The shape as the image and the task allow it: unchanged if possible, else a polygon. */
export function withoutOverlap(shape: Shape, others: Iterable<Shape>, ground: Ground): Shape {
  const rings = ringsOf(shape);
  if (shape.kind !== "polygon") checkPlace(shape, ground);
  if (!rings.length) return shape;
  if (shape.kind !== "polygon" && ground.permitOverlap) return shape;
  const area = allowedArea(rings, others, ground);
  if (area === rings) return shape;
  if (!permitsPolygons(ground, shape.class)) throw new Refused("Shapes of this task must not overlap.");
  const { id, z, attrs } = shape;
  return { id, class: shape.class, z, attrs, kind: "polygon", geom: { rings: area } };
}

const KIND_WORDS = {
  polygon: "polygons",
  rect: "rectangles",
  ellipse: "circles",
  line: "lines",
  points: "points",
};

/** Shapes that come from elsewhere may be of a kind that the task, or their class, does not draw. */
export function checkKind(shape: Shape, { kinds, classes }: Ground): void {
  const label = classes.get(shape.class);
  const check = (permitted: ReadonlySet<Kind>, what: string) => {
    if (!permitted.has(shape.kind)) throw new Refused(`${what} has no ${KIND_WORDS[shape.kind]}.`);
  };
  check(kinds, "This task");
  if (label) check(label.kinds, `The class ${label.name}`);
}

/** What is there already may stay of a kind that is not drawn any more, but not become it. */
export function checkNewKind(before: Shape, after: Shape | null, ground: Ground): void {
  if (after && after.kind !== before.kind) checkKind(after, ground);
}

/** As the server: what is no polygon may stick out of the image by a tenth of it, and no more. */
function checkPlace(shape: Shape, { width, height }: Ground): void {
  const { x0, y0, x1, y1 } = boxOf(shape);
  // What covers no area may lie on the very border.
  const slack = ringsOf(shape).length ? 0 : 0.01;
  if (Math.min(x1, y1, width - x0, height - y0) + slack <= 0) throw new Refused("That lies outside the image.");
  const margin = MARGIN * Math.max(width, height);
  if (x0 < -margin || y0 < -margin || x1 > width + margin || y1 > height + margin) {
    throw new Refused("That reaches too far outside the image.");
  }
}

/** Every area shape whose box meets the box of the rings. */
export function* covering(rings: Ring[], others: Iterable<Shape>): Generator<Shape> {
  const box = boxOfRings(rings);
  for (const other of others) {
    if (ringsOf(other).length && boxesMeet(box, boxOf(other))) yield other;
  }
}

/** Without the specks that a cut leaves; holes stay, or what lies in them would be covered. */
export function withoutCrumbs(rings: Ring[]): Ring[] {
  return rings.filter((ring) => windingOf(ring) < 0 || areaOf([ring]) >= LEAST_AREA);
}

function isOnImage(rings: Ring[], { width, height }: Ground): boolean {
  const box = boxOfRings(rings);
  return box.x0 >= 0 && box.y0 >= 0 && box.x1 <= width && box.y1 <= height;
}

/** The same shape as a polygon of the given rings; null when nothing is left of it. */
export function withRings(shape: Shape, rings: Ring[]): Shape | null {
  const left = withoutCrumbs(rings);
  if (areaOf(left) < LEAST_AREA) return null;
  const { id, z, attrs } = shape;
  return { id, class: shape.class, z, attrs, kind: "polygon", geom: { rings: left } };
}
