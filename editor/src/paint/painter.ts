/** Draws shapes on any 2D canvas; the worker, the overlay and previews look the same. */

import { boxesMeet, boxOf, outlinesOf } from "../shapes/geometry";
import { segmentsOf, type Skeleton } from "../shapes/skeleton";
import type { Box, Ring, Shape } from "../shapes/types";
import type { View } from "../view";
import type { Style } from "./messages";
import { colorOf, dashOf, nameOf, patternOf } from "./style";

export type Canvas2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export interface Look {
  color: string;
  fill: number;
  /** 0: no outline. */
  stroke: number;
  /** Joins the keypoints of the shape. */
  skeleton?: Skeleton;
  /** A hairline without a dark line under it: where there are thousands, they are painted fast. */
  plain?: boolean;
  /** Number of the hatching of its class. */
  pattern?: number;
}

export const lookOf = (shape: Shape, style: Style, plain = false): Look => ({
  color: colorOf(shape, style),
  skeleton: style.skeletons[shape.class],
  fill: style.fill,
  stroke: style.stroke,
  plain,
  pattern: style.patterns[shape.class],
});

/** How far outlines, points and names reach beyond the box of their shape, in CSS pixels. */
export const reachOf = (style: Style): number => (style.answers || Object.keys(style.names).length ? 290 : 7);
/** From so many shapes in sight on, outlines are plain. */
const MANY = 1500;

/** Is there so much in an area that its outlines are plain? */
export const isCrowded = (order: readonly Shape[], area: Box): boolean =>
  order.length > MANY && order.filter((shape) => boxesMeet(boxOf(shape), area)).length > MANY;

/** Of so many corners nobody sees the roundness, which costs more than all the rest. */
const MOST_ROUND = 250;

/**
 * Trace rings in screen pixels; vertices closer than a pixel to the last are left out. Their
 * corners are round if they are few. Returns how many are left.
 */
export function trace(context: Canvas2D, rings: Ring[], view: View, closed = true): number {
  let corners = 0;
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
      corners++;
      lastX = x;
      lastY = y;
    }
    if (closed) context.closePath();
  }
  context.lineJoin = corners > MOST_ROUND ? "bevel" : "round";
  return corners;
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
  const named: [Shape, string][] = [];
  for (const shape of order) {
    if (hidden.has(shape.id) || !boxesMeet(boxOf(shape), area)) continue;
    drawShape(context, shape, view, lookOf(shape, style, plain));
    const name = plain ? "" : nameOf(shape, style);
    if (name) named.push([shape, name]);
  }
  // After all shapes, so that none lies on a name.
  for (const [shape, name] of named) drawName(context, shape, view, name);
}

export function drawShape(context: Canvas2D, shape: Shape, view: View, look: Look): void {
  const box = boxOf(shape);
  if (shape.kind === "points") return drawPoints(context, shape, view, look);
  const isSpeck = (box.x1 - box.x0) * view.s < 1.5 && (box.y1 - box.y0) * view.s < 1.5;
  if (!isSpeck) return drawOutlines(context, shape, view, look);
  context.fillStyle = look.color;
  context.fillRect(box.x0 * view.s + view.x - 0.5, box.y0 * view.s + view.y - 0.5, 1.5, 1.5);
}

function drawOutlines(context: Canvas2D, shape: Shape, view: View, look: Look): void {
  const isArea = shape.kind !== "line";
  context.beginPath();
  trace(context, outlinesOf(shape), view, isArea);
  if (isArea && look.fill > 0) {
    context.globalAlpha = look.fill;
    context.fillStyle = look.color;
    context.fill("evenodd");
    context.globalAlpha = 1;
  }
  if (isArea && look.pattern !== undefined) {
    context.fillStyle = patternOf(context, look.color, look.pattern, view);
    context.fill("evenodd");
  }
  strokeOutline(context, look, isArea ? undefined : look.pattern);
}

/** Stroke what was traced; lines, which have no room for a hatching, are dashed. */
function strokeOutline(context: Canvas2D, look: Look, pattern: number | undefined): void {
  if (!look.stroke) return;
  if (!look.plain) {
    // A dark line under the coloured one keeps it readable on a ground of its own colour.
    context.lineWidth = look.stroke + 1.5;
    context.strokeStyle = "rgba(0, 0, 0, 0.45)";
    context.stroke();
  }
  if (pattern !== undefined) context.setLineDash(dashOf(pattern));
  context.lineWidth = look.plain ? 1 : look.stroke;
  context.strokeStyle = look.color;
  context.stroke();
  if (pattern !== undefined) context.setLineDash([]);
}

const NAME_HEIGHT = 16;

/** In the corner of what has room for it; beside points and lines, which have none. */
export function drawName(context: Canvas2D, shape: Shape, view: View, name: string): void {
  const box = boxOf(shape);
  context.font = "600 11px system-ui, sans-serif";
  context.textBaseline = "middle";
  const width = context.measureText(name).width + 8;
  const isThin = shape.kind === "points" || shape.kind === "line";
  const hasRoom = (box.x1 - box.x0) * view.s >= width + 4 && (box.y1 - box.y0) * view.s >= NAME_HEIGHT + 4;
  if (!isThin && !hasRoom) return;
  const x = (isThin ? box.x1 : box.x0) * view.s + view.x + (isThin ? 7 : 2);
  const y = box.y0 * view.s + view.y + (isThin ? -NAME_HEIGHT - 2 : 2);
  context.fillStyle = "rgba(12, 14, 18, 0.72)";
  context.fillRect(x, y, width, NAME_HEIGHT);
  context.fillStyle = "#ffffff";
  context.fillText(name, x + 4, y + NAME_HEIGHT / 2 + 0.5);
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
    strokeOutline(context, look, look.pattern);
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
