/** The places by which a shape is pulled about, and what becomes of it. Pure. */

import { boxOf, outlinesOf, rectRing, round2 } from "./geometry";
import { pivotOf, rotated } from "./rotating";
import type { Box, Point, RectGeometry, Shape } from "./types";

/** A corner by its ring and the place of its x in it. */
export interface Vertex {
  ring: number;
  index: number;
}

/** With the point where it is, by which the same one is found when the shape has others. */
export interface ChosenVertex extends Vertex, Point {}

export interface Handle {
  x: number;
  y: number;
  cursor: string;
  /** Set for vertices, which can be deleted. */
  vertex?: ChosenVertex;
  /** Set for the handle that turns the shape: where its stalk begins. */
  stalk?: Point;
  /** The shape when this handle is pulled to a point, with Shift by steps. */
  pull(to: Point, steps?: boolean): Shape;
}

/** With more in sight they would lie on one another: a lasso has hundreds. One zooms in for them. */
const MOST_IN_SIGHT = 250;

/** How far from its shape the handle is by which one turns it, in screen pixels. */
const STALK = 30;

/** The handles that are on the stage; of vertices none when they are too many to be told apart. */
export function handlesInSight(
  shape: Shape,
  view: { s: number; x: number; y: number },
  stage: { width: number; height: number },
  chosen: readonly Vertex[] = [],
): Handle[] {
  const isSeen = ({ x, y }: Point, margin: number) => {
    const [sx, sy] = [x * view.s + view.x, y * view.s + view.y];
    return sx > -margin && sy > -margin && sx < stage.width + margin && sy < stage.height + margin;
  };
  const seen = isCrowded(shape, (at) => isSeen(at, 10))
    ? chosen.flatMap((vertex) => handleOf(shape, vertex) ?? []).filter((handle) => isSeen(handle, 10))
    : handlesOf(shape).filter((handle) => isSeen(handle, 10));
  // Above the shape, or below where there is no room above; inside a shape that fills the stage.
  const ways: [side: number, stalk: number][] = [[-1, STALK], [1, STALK], [-1, -STALK]];
  const turning = ways.map(([side, stalk]) => turningHandle(shape, side, stalk / view.s));
  const turner = turning.find((handle) => handle && isSeen(handle, -6));
  return turner ? [...seen, turner] : seen;
}

/** Are more corners seen than can be told apart? */
function isCrowded(shape: Shape, isSeen: (at: Point) => boolean): boolean {
  if (shape.kind === "rect" || shape.kind === "ellipse") return false;
  let left = MOST_IN_SIGHT;
  for (const ring of outlinesOf(shape)) {
    for (let i = 0; i < ring.length; i += 2) if (isSeen({ x: ring[i], y: ring[i + 1] }) && --left < 0) return true;
  }
  return false;
}

/** The handle above (-1) or below (1) a shape by which it is turned; a circle and a point have none. */
function turningHandle(shape: Shape, side: number, stalk: number): Handle | null {
  if (shape.kind === "ellipse" && shape.geom.rx === shape.geom.ry) return null;
  if (shape.kind === "points" && shape.geom.points.length < 2) return null;
  const pivot = pivotOf(shape);
  const isTurned = shape.kind === "rect" || shape.kind === "ellipse";
  const { y0, y1 } = boxOf(shape);
  const half = shape.kind === "rect" ? shape.geom.h / 2 : shape.kind === "ellipse" ? shape.geom.ry : (y1 - y0) / 2;
  const angle = ((isTurned ? shape.geom.angle : 0) * Math.PI) / 180;
  const at = (distance: number): Point => ({
    x: pivot.x - side * distance * Math.sin(angle),
    y: pivot.y + side * distance * Math.cos(angle),
  });
  const from = Math.atan2(side * Math.cos(angle), -side * Math.sin(angle));
  return {
    ...at(half + stalk),
    cursor: "grab",
    stalk: at(half),
    pull: (to, steps) => {
      const turn = ((Math.atan2(to.y - pivot.y, to.x - pivot.x) - from) * 180) / Math.PI;
      const before = isTurned ? shape.geom.angle : 0;
      const degrees = steps ? Math.round((before + turn) / 15) * 15 - before : turn;
      return rotated(shape, degrees, pivot);
    },
  };
}

export function handlesOf(shape: Shape): Handle[] {
  switch (shape.kind) {
    case "rect":
      return rectHandles(shape);
    case "ellipse":
      return ellipseHandles(shape);
    default:
      return outlinesOf(shape).flatMap((ring, r) =>
        Array.from({ length: ring.length / 2 }, (_, i) => vertexHandle(shape, r, 2 * i, ring)),
      );
  }
}

/** The handle of one vertex; none where the shape has no such vertex. */
export function handleOf(shape: Shape, { ring, index }: Vertex): Handle | null {
  const points = outlinesOf(shape)[ring];
  return points?.[index] === undefined ? null : vertexHandle(shape, ring, index, points);
}

function vertexHandle(shape: Shape, ring: number, index: number, points: number[]): Handle {
  const at = { x: points[index], y: points[index + 1] };
  return {
    ...at,
    cursor: "move",
    vertex: { ring, index, ...at },
    pull: (to) => withVertex(shape, ring, index, to),
  };
}

/** The shape with one vertex somewhere else. */
export function withVertex(shape: Shape, ring: number, index: number, to: Point): Shape {
  const put = (flat: number[]) =>
    flat.map((value, i) => (i === index ? round2(to.x) : i === index + 1 ? round2(to.y) : value));
  if (shape.kind === "polygon") {
    const rings = shape.geom.rings.map((flat, r) => (r === ring ? put(flat) : flat));
    return { ...shape, geom: { rings } };
  }
  if (shape.kind === "line") return { ...shape, geom: { points: put(shape.geom.points) } };
  if (shape.kind === "points") {
    const points = shape.geom.points.map((point, i) =>
      i === index / 2 ? { ...point, x: round2(to.x), y: round2(to.y) } : point,
    );
    return { ...shape, geom: { points } };
  }
  return shape;
}

export const sameVertex = (a: Vertex, b: Vertex): boolean => a.ring === b.ring && a.index === b.index;

/** Have a vertex say where it is in what has become of its shape; false if it is not there, or not just once. */
export function follow(vertex: ChosenVertex, shape: Shape): boolean {
  const { ring, index, x, y } = vertex;
  const points = outlinesOf(shape)[ring];
  if (points?.[index] === x && points[index + 1] === y) return true;
  const [place, ...more] = verticesIn(shape, { x0: x, y0: y, x1: x, y1: y });
  return !!place && !more.length && !!Object.assign(vertex, place);
}

/** Every vertex of a shape that lies in a box. */
export const verticesIn = (shape: Shape, box: Box): ChosenVertex[] =>
  handlesOf(shape).flatMap(({ vertex, x, y }) =>
    vertex && x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1 ? [vertex] : [],
  );

/** The shape with some of its vertices moved. */
export function withMovedVertices(shape: Shape, vertices: readonly ChosenVertex[], dx: number, dy: number): Shape {
  const places = new Map<number, Set<number>>();
  for (const { ring, index } of vertices) places.set(ring, (places.get(ring) ?? new Set()).add(index));
  const put = (flat: number[], ring: number) => {
    const moving = places.get(ring);
    if (!moving) return flat;
    return flat.map((value, i) => (moving.has(i - (i % 2)) ? round2(value + (i % 2 ? dy : dx)) : value));
  };
  if (shape.kind === "polygon") return { ...shape, geom: { rings: shape.geom.rings.map(put) } };
  if (shape.kind === "line") return { ...shape, geom: { points: put(shape.geom.points, 0) } };
  return vertices.reduce<Shape>(
    (after, { index, x, y }) => withVertex(after, 0, index, { x: x + dx, y: y + dy }),
    shape,
  );
}

/** The shape without some of its vertices; null when nothing that can be drawn is left. */
export function withoutVertices(shape: Shape, vertices: readonly Vertex[]): Shape | null {
  // From the last on, so that the places of the others stay; a ring that goes takes its number with it.
  const order = [...vertices].sort((a, b) => b.ring - a.ring || b.index - a.index);
  let left: Shape | null = shape;
  const rings = new Map<number, number>();
  for (const { ring, index } of order) {
    const before = left && outlinesOf(left).length;
    if (!left || rings.get(ring) === -1) continue;
    left = withoutVertex(left, ring, index);
    if (left && outlinesOf(left).length !== before) rings.set(ring, -1);
  }
  return left;
}

/** The shape with one more vertex on the edge after `index`. */
export function withNewVertex(shape: Shape, ring: number, index: number, at: Point): Shape {
  const put = (flat: number[]) => flat.toSpliced(index + 2, 0, round2(at.x), round2(at.y));
  if (shape.kind === "polygon") {
    const rings = shape.geom.rings.map((flat, r) => (r === ring ? put(flat) : flat));
    return { ...shape, geom: { rings } };
  }
  if (shape.kind === "line") return { ...shape, geom: { points: put(shape.geom.points) } };
  return shape;
}

/** The shape without a vertex; null when nothing that can be drawn is left. */
export function withoutVertex(shape: Shape, ring: number, index: number): Shape | null {
  const take = (flat: number[]) => flat.toSpliced(index, 2);
  if (shape.kind === "polygon") {
    const rings = shape.geom.rings
      .map((flat, r) => (r === ring ? take(flat) : flat))
      .filter((flat) => flat.length >= 6);
    return rings.length ? { ...shape, geom: { rings } } : null;
  }
  if (shape.kind === "line") {
    const points = take(shape.geom.points);
    return points.length >= 4 ? { ...shape, geom: { points } } : null;
  }
  if (shape.kind === "points") {
    const points = shape.geom.points.filter((_, i) => i !== index / 2);
    return points.length ? { ...shape, geom: { points } } : null;
  }
  return shape;
}

const CURSORS = ["nwse", "ns", "nesw", "ew", "nwse", "ns", "nesw", "ew"];

/** Corners and middles of the sides; the opposite side stays where it is. */
function rectHandles(shape: Extract<Shape, { kind: "rect" }>): Handle[] {
  const corners = rectRing(shape.geom);
  const turn = Math.round(shape.geom.angle / 45);
  return Array.from({ length: 8 }, (_, i) => {
    const a = Math.floor(i / 2);
    const b = (a + (i % 2)) % 4;
    return {
      x: (corners[2 * a] + corners[2 * b]) / 2,
      y: (corners[2 * a + 1] + corners[2 * b + 1]) / 2,
      cursor: `${CURSORS[(((i + turn) % 8) + 8) % 8]}-resize`,
      pull: (to) => ({ ...shape, geom: pulledRect(shape.geom, i, to) }),
    };
  });
}

// Which sides the eight handles move, from the top-left corner clockwise: -1 left/top, 1 right/bottom.
const SIDES_X = [-1, 0, 1, 1, 1, 0, -1, -1];
const SIDES_Y = [-1, -1, -1, 0, 1, 1, 1, 0];

function pulledRect(rect: RectGeometry, handle: number, to: Point): RectGeometry {
  const angle = (rect.angle * Math.PI) / 180;
  const cos = Math.cos(angle);
  const sin = Math.sin(angle);
  // The pointer in the rectangle's own axes.
  const u = (to.x - rect.cx) * cos + (to.y - rect.cy) * sin;
  const v = -(to.x - rect.cx) * sin + (to.y - rect.cy) * cos;
  const [left, right] = span(-rect.w / 2, rect.w / 2, SIDES_X[handle], u);
  const [top, bottom] = span(-rect.h / 2, rect.h / 2, SIDES_Y[handle], v);
  const mu = (left + right) / 2;
  const mv = (top + bottom) / 2;
  return {
    cx: round2(rect.cx + mu * cos - mv * sin),
    cy: round2(rect.cy + mu * sin + mv * cos),
    w: round2(right - left),
    h: round2(bottom - top),
    angle: rect.angle,
  };
}

function span(low: number, high: number, side: number, to: number): [number, number] {
  if (side < 0) low = to;
  if (side > 0) high = to;
  // At least half a pixel, also when it is pulled through itself.
  return low <= high ? [low, Math.max(high, low + 0.5)] : [high, low];
}

function ellipseHandles(shape: Extract<Shape, { kind: "ellipse" }>): Handle[] {
  const { cx, cy, rx, ry, angle } = shape.geom;
  const a = (angle * Math.PI) / 180;
  return [0, 1, 2, 3].map((i) => {
    const along = i % 2 ? ry : rx;
    const direction = a + (i * Math.PI) / 2;
    return {
      x: cx + along * Math.cos(direction),
      y: cy + along * Math.sin(direction),
      cursor: i % 2 ? "ns-resize" : "ew-resize",
      pull: (to) => {
        const far = Math.abs((to.x - cx) * Math.cos(direction) + (to.y - cy) * Math.sin(direction));
        const radius = round2(Math.max(0.5, far));
        return { ...shape, geom: { ...shape.geom, ...(i % 2 ? { ry: radius } : { rx: radius }) } };
      },
    };
  });
}
