/** Pure maths on shapes, in image pixels. */

import { segmentsOf, type Skeleton } from "./skeleton";
import type { Box, Point, RectGeometry, Ring, Shape } from "./types";

/** The order in which shapes are painted; those of the same z by their id, as on the server. */
export const fromBackToFront = (a: Shape, b: Shape): number => a.z - b.z || (a.id < b.id ? -1 : 1);

export const round2 = (value: number): number => Math.round(value * 100) / 100 + 0;

/** The corners of a box around a centre, turned clockwise by `angle` degrees. */
function turned(cx: number, cy: number, angle: number, corners: number[]): Ring {
  const a = (angle * Math.PI) / 180;
  const cos = Math.cos(a);
  const sin = Math.sin(a);
  const ring: Ring = [];
  for (let i = 0; i < corners.length; i += 2) {
    const x = corners[i];
    const y = corners[i + 1];
    ring.push(cx + x * cos - y * sin, cy + x * sin + y * cos);
  }
  return ring;
}

export function rectRing({ cx, cy, w, h, angle }: RectGeometry): Ring {
  return turned(cx, cy, angle, [-w / 2, -h / 2, w / 2, -h / 2, w / 2, h / 2, -w / 2, h / 2]);
}

/** The even-odd rings that a shape covers; lines and points cover nothing. */
export function ringsOf(shape: Shape): Ring[] {
  switch (shape.kind) {
    case "polygon":
      return shape.geom.rings;
    case "rect":
      return [rectRing(shape.geom)];
    case "ellipse": {
      const { cx, cy, rx, ry, angle } = shape.geom;
      // As in labeling/shapes.py: what is cut along an ellipse here has its very border there.
      const step = Math.acos(Math.max(0, 1 - 0.02 / Math.max(rx, ry)));
      const count = Math.max(16, step ? Math.ceil(Math.PI / step) : 0);
      const corners: number[] = [];
      for (let i = 0; i < count; i++) {
        const a = (2 * Math.PI * i) / count;
        corners.push(rx * Math.cos(a), ry * Math.sin(a));
      }
      return [turned(cx, cy, angle, corners)];
    }
    default:
      return [];
  }
}

/** Every flat run of points that a shape is drawn with. */
export function outlinesOf(shape: Shape): Ring[] {
  if (shape.kind === "line") return [shape.geom.points];
  if (shape.kind === "points") return [shape.geom.points.flatMap((p) => [p.x, p.y])];
  return ringsOf(shape);
}

const boxes = new WeakMap<Shape, Box>();

export function boxOf(shape: Shape): Box {
  let box = boxes.get(shape);
  if (!box) {
    box = boxOfRings(outlinesOf(shape));
    boxes.set(shape, box);
  }
  return box;
}

/** All that is no farther from a point, sideways and up and down. */
export const squareAround = ({ x, y }: Point, reach: number): Box => ({
  x0: x - reach,
  y0: y - reach,
  x1: x + reach,
  y1: y + reach,
});

export function boxOfRings(rings: Ring[]): Box {
  // Plain variables: of a full label, these are a million numbers before the first picture.
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const x = ring[i];
      const y = ring[i + 1];
      if (x < x0) x0 = x;
      if (x > x1) x1 = x;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
    }
  }
  return { x0, y0, x1, y1 };
}

export const boxesMeet = (a: Box, b: Box): boolean =>
  a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;

/** Even-odd: is the point inside the rings? */
export function isInside(rings: Ring[], x: number, y: number): boolean {
  let inside = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const yi = ring[i + 1];
      const yj = ring[j + 1];
      if (yi > y !== yj > y && x < ((ring[j] - ring[i]) * (y - yi)) / (yj - yi) + ring[i]) {
        inside = !inside;
      }
    }
  }
  return inside;
}

/** Twice the signed area of one ring. */
function doubleArea(ring: Ring): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    sum += ring[j] * ring[i + 1] - ring[i] * ring[j + 1];
  }
  return sum;
}

/** As the boolean operations wind rings: 1 for an outline, -1 for a hole. */
export const windingOf = (ring: Ring): number => Math.sign(doubleArea(ring));

/** Area of rings that do not cross (as the boolean operations make them), holes taken off. */
export const areaOf = (rings: Ring[]): number =>
  Math.abs(rings.reduce((sum, ring) => sum + doubleArea(ring), 0)) / 2;

export interface EdgeHit {
  ring: number;
  /** Index in the ring of the point before the edge (its x). */
  index: number;
  distance: number;
  x: number;
  y: number;
}

/** The place on the outlines that is nearest to a point. */
export function nearestEdge(outlines: Ring[], closed: boolean, x: number, y: number): EdgeHit {
  const best: EdgeHit = { ring: -1, index: -1, distance: Infinity, x, y };
  outlines.forEach((ring, r) => {
    const last = closed ? ring.length : ring.length - 2;
    for (let i = 0; i < last; i += 2) {
      const j = (i + 2) % ring.length;
      const dx = ring[j] - ring[i];
      const dy = ring[j + 1] - ring[i + 1];
      const along = ((x - ring[i]) * dx + (y - ring[i + 1]) * dy) / (dx * dx + dy * dy || 1);
      const t = Math.min(1, Math.max(0, along));
      const px = ring[i] + t * dx;
      const py = ring[i + 1] + t * dy;
      const distance = Math.hypot(x - px, y - py);
      if (distance < best.distance) Object.assign(best, { ring: r, index: i, distance, x: px, y: py });
    }
  });
  return best;
}

/** Points can be taken hold of from farther away than edges, by so many times. */
export const MOST_REACH = 2;

/** Is the shape under a point, give or take `tolerance` image pixels? */
export function isHit(shape: Shape, x: number, y: number, tolerance: number, skeleton?: Skeleton): boolean {
  const box = boxOf(shape);
  const reach = shape.kind === "points" ? tolerance * MOST_REACH : tolerance;
  if (x < box.x0 - reach || x > box.x1 + reach) return false;
  if (y < box.y0 - reach || y > box.y1 + reach) return false;
  if (shape.kind === "points") {
    const { points } = shape.geom;
    if (points.some((p) => Math.hypot(p.x - x, p.y - y) <= reach)) return true;
    return nearestEdge(segmentsOf(points, skeleton), false, x, y).distance <= tolerance;
  }
  const outlines = outlinesOf(shape);
  if (shape.kind !== "line" && isInside(outlines, x, y)) return true;
  return nearestEdge(outlines, shape.kind !== "line", x, y).distance <= tolerance;
}

export function moved(shape: Shape, dx: number, dy: number): Shape {
  const shift = (flat: number[]): number[] =>
    flat.map((value, i) => round2(value + (i % 2 ? dy : dx)));
  switch (shape.kind) {
    case "polygon":
      return { ...shape, geom: { rings: shape.geom.rings.map(shift) } };
    case "line":
      return { ...shape, geom: { points: shift(shape.geom.points) } };
    case "points":
      return {
        ...shape,
        geom: {
          points: shape.geom.points.map((p) => ({ ...p, x: round2(p.x + dx), y: round2(p.y + dy) })),
        },
      };
    case "rect":
      return {
        ...shape,
        geom: { ...shape.geom, cx: round2(shape.geom.cx + dx), cy: round2(shape.geom.cy + dy) },
      };
    case "ellipse":
      return {
        ...shape,
        geom: { ...shape.geom, cx: round2(shape.geom.cx + dx), cy: round2(shape.geom.cy + dy) },
      };
  }
}

export function boxAround(shapes: readonly Shape[]): Box {
  return boxOfRings(shapes.map(boxOf).map(({ x0, y0, x1, y1 }) => [x0, y0, x1, y1]));
}

/** The part of (dx, dy) that keeps the box inside the image. */
export function keptInside(box: Box, dx: number, dy: number, width: number, height: number): Point {
  const clamp = (value: number, low: number, high: number) =>
    low > high ? 0 : Math.min(high, Math.max(low, value));
  return {
    x: clamp(dx, Math.min(0, -box.x0), Math.max(0, width - box.x1)),
    y: clamp(dy, Math.min(0, -box.y0), Math.max(0, height - box.y1)),
  };
}

/** Axis-aligned rectangle between two points, clamped to the image. */
export function rectBetween(a: Point, b: Point, width: number, height: number): RectGeometry {
  const x0 = round2(Math.min(width, Math.max(0, Math.min(a.x, b.x))));
  const y0 = round2(Math.min(height, Math.max(0, Math.min(a.y, b.y))));
  // Half a side is a multiple of 0.01, so that the corners are too, and none leaves the image.
  const half = (from: number, to: number) => Math.max(0, Math.floor((to - from) * 50 + 1e-6) / 100);
  const w = half(x0, Math.min(width, Math.max(a.x, b.x)));
  const h = half(y0, Math.min(height, Math.max(a.y, b.y)));
  return { cx: round2(x0 + w), cy: round2(y0 + h), w: round2(2 * w), h: round2(2 * h), angle: 0 };
}

/** Would both states be stored alike? */
export function sameShape(a: Shape | null, b: Shape | null): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  return a.class === b.class && a.z === b.z && sameGeometry(a, b) && sameText(a.attrs, b.attrs) && a.kind === b.kind;
}

/** Asked of thousands of polygons at once, so it is answered without looking at what kind of things they hold. */
function sameGeometry(a: Shape, b: Shape): boolean {
  if (a.geom === b.geom) return true;
  if (a.kind !== "polygon" || b.kind !== "polygon") return sameText(a.geom, b.geom);
  const [mine, theirs] = [a.geom.rings, b.geom.rings];
  return mine.length === theirs.length && mine.every((ring, i) => sameRing(ring, theirs[i]));
}

function sameRing(a: Ring, b: Ring): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Equal as JSON, whatever the order of the keys: the server sorts them. */
export function sameText(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isObject(a) || !isObject(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, i) => sameText(one, b[i]));
  if (Array.isArray(a) || Array.isArray(b)) return false;
  const keys = definedKeys(a);
  return keys.length === definedKeys(b).length && keys.every((key) => sameText(a[key], b[key]));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const definedKeys = (value: Record<string, unknown>) => Object.keys(value).filter((key) => value[key] !== undefined);

/** Drop points that lie within `tolerance` of the line through their neighbours. */
export function simplified(ring: Ring, tolerance: number): Ring {
  const count = ring.length / 2;
  if (count < 5) return ring;
  const keep = new Uint8Array(count);
  // A ring has no ends: split it at the point that is farthest from the first.
  let far = 0;
  for (let i = 1; i < count; i++) {
    if (distance2(ring, 0, i) > distance2(ring, 0, far)) far = i;
  }
  keep[0] = keep[far] = 1;
  return thinned(ring, keep, tolerance, [
    [0, far],
    [far, count],
  ]);
}

/** The same for a line, whose two ends stay. */
export function simplifiedLine(line: Ring, tolerance: number): Ring {
  const count = line.length / 2;
  if (count < 3) return line;
  const keep = new Uint8Array(count);
  keep[0] = keep[count - 1] = 1;
  return thinned(line, keep, tolerance, [[0, count - 1]]);
}

/** What is marked to be kept, and between these marks whatever lies too far from a straight line. */
function thinned(ring: Ring, keep: Uint8Array, tolerance: number, stack: [number, number][]): Ring {
  while (stack.length) {
    const [from, to] = stack.pop()!;
    const found = farthest(ring, from, to);
    if (found.distance > tolerance) {
      keep[found.index] = 1;
      stack.push([from, found.index], [found.index, to]);
    }
  }
  const kept: Ring = [];
  for (let i = 0; i < keep.length; i++) if (keep[i]) kept.push(ring[2 * i], ring[2 * i + 1]);
  return kept;
}

const distance2 = (ring: Ring, a: number, b: number): number =>
  (ring[2 * a] - ring[2 * b]) ** 2 + (ring[2 * a + 1] - ring[2 * b + 1]) ** 2;

/** Of the points between two, the one farthest from the segment that joins them. */
function farthest(ring: Ring, from: number, to: number): { index: number; distance: number } {
  const end = to % (ring.length / 2);
  const ax = ring[2 * from];
  const ay = ring[2 * from + 1];
  const dx = ring[2 * end] - ax;
  const dy = ring[2 * end + 1] - ay;
  const length2 = dx * dx + dy * dy || 1;
  let index = -1;
  let best = -1;
  for (let i = from + 1; i < to; i++) {
    const px = ring[2 * i] - ax;
    const py = ring[2 * i + 1] - ay;
    const t = Math.min(1, Math.max(0, (px * dx + py * dy) / length2));
    const distance = Math.hypot(px - t * dx, py - t * dy);
    if (distance > best) [best, index] = [distance, i];
  }
  return { index, distance: best };
}
