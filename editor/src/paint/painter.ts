/** Draws shapes on any 2D canvas; the worker, the overlay and previews look the same. */

import { boxesMeet, boxOf, outlinesOf } from "../shapes/geometry";
import { segmentsOf, type Skeleton } from "../shapes/skeleton";
import type { Box, Ring, Shape } from "../shapes/types";
import type { View } from "../view";
import type { Style } from "./messages";

export type Canvas2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export interface Look {
  color: string;
  fill: number;
  stroke: number;
  /** Joins the keypoints of the shape. */
  skeleton?: Skeleton;
  /** A hairline without a dark line under it: where there are thousands, they are painted fast. */
  plain?: boolean;
}

/** How far outlines and points reach beyond the box of their shape, in CSS pixels. */
export const REACH = 7;
/** From so many shapes in sight on, outlines are plain. */
const MANY = 1500;

/** Is there so much in an area that its outlines are plain? */
export const isCrowded = (order: readonly Shape[], area: Box): boolean =>
  order.length > MANY && order.filter((shape) => boxesMeet(boxOf(shape), area)).length > MANY;

/** Trace rings in screen pixels; vertices closer than a pixel to the last are left out. */
export function trace(context: Canvas2D, rings: Ring[], view: View, closed = true): void {
  for (const ring of rings) {
    let lastX = Infinity;
    let lastY = Infinity;
    for (let i = 0; i < ring.length; i += 2) {
      const x = ring[i] * view.s + view.x;
      const y = ring[i + 1] * view.s + view.y;
      const isEnd = i + 2 === ring.length;
      if (i && !isEnd && Math.abs(x - lastX) < 1 && Math.abs(y - lastY) < 1) continue;
      if (i) context.lineTo(x, y);
      else context.moveTo(x, y);
      lastX = x;
      lastY = y;
    }
    if (closed) context.closePath();
  }
}

/** Draw the shapes that meet an area, from back to front. */
export function drawShapes(
  context: Canvas2D,
  order: readonly Shape[],
  view: View,
  style: Style,
  area: Box,
  hidden: ReadonlySet<string>,
  plain: boolean,
): void {
  for (const shape of order) {
    if (hidden.has(shape.id) || !boxesMeet(boxOf(shape), area)) continue;
    drawShape(context, shape, view, { ...lookOf(shape, style), plain });
  }
}

export const lookOf = (shape: Shape, style: Style): Look => ({
  color: style.colors[shape.class] ?? "#ffffff",
  skeleton: style.skeletons[shape.class],
  fill: style.fill,
  stroke: style.stroke,
});

export function drawShape(context: Canvas2D, shape: Shape, view: View, look: Look): void {
  const box = boxOf(shape);
  if (shape.kind === "points") return drawPoints(context, shape, view, look);
  if ((box.x1 - box.x0) * view.s < 1.5 && (box.y1 - box.y0) * view.s < 1.5) {
    context.fillStyle = look.color;
    context.fillRect(box.x0 * view.s + view.x - 0.5, box.y0 * view.s + view.y - 0.5, 1.5, 1.5);
    return;
  }
  context.beginPath();
  trace(context, outlinesOf(shape), view, shape.kind !== "line");
  if (shape.kind !== "line" && look.fill > 0) {
    context.globalAlpha = look.fill;
    context.fillStyle = look.color;
    context.fill("evenodd");
    context.globalAlpha = 1;
  }
  strokeOutline(context, look);
}

/** Stroke what was traced. */
function strokeOutline(context: Canvas2D, look: Look): void {
  context.lineJoin = "round";
  if (!look.plain) {
    // A dark line under the coloured one keeps it readable on a ground of its own colour.
    context.lineWidth = look.stroke + 1.5;
    context.strokeStyle = "rgba(0, 0, 0, 0.45)";
    context.stroke();
  }
  context.lineWidth = look.plain ? 1 : look.stroke;
  context.strokeStyle = look.color;
  context.stroke();
}

function drawPoints(
  context: Canvas2D,
  shape: Extract<Shape, { kind: "points" }>,
  view: View,
  look: Look,
): void {
  const segments = segmentsOf(shape.geom.points, look.skeleton);
  if (segments.length) {
    context.beginPath();
    trace(context, segments, view, false);
    strokeOutline(context, look);
  }
  for (const point of shape.geom.points) {
    context.beginPath();
    context.arc(point.x * view.s + view.x, point.y * view.s + view.y, 4.5, 0, 2 * Math.PI);
    context.fillStyle = point.visible ? look.color : "transparent";
    context.fill();
    context.lineWidth = 2;
    context.strokeStyle = "rgba(0, 0, 0, 0.7)";
    context.stroke();
    context.lineWidth = 1;
    context.strokeStyle = point.visible ? "#fff" : look.color;
    context.stroke();
  }
}
