/** Draws shapes on any 2D canvas; the workers, the overlay and previews look the same. */

import { boxesMeet, boxOf, outlinesOf } from "../shapes/geometry";
import type { Box, Ring, Shape } from "../shapes/types";
import type { View } from "../view";

export type Canvas2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export interface Look {
  color: string;
  fill: number;
  stroke: number;
}

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

export function drawShape(context: Canvas2D, shape: Shape, view: View, look: Look): void {
  const box = boxOf(shape);
  if ((box.x1 - box.x0) * view.s < 1.5 && (box.y1 - box.y0) * view.s < 1.5 && shape.kind !== "points") {
    context.fillStyle = look.color;
    context.fillRect(box.x0 * view.s + view.x - 0.5, box.y0 * view.s + view.y - 0.5, 1.5, 1.5);
    return;
  }
  if (shape.kind === "points") return drawPoints(context, shape, view, look);
  context.beginPath();
  trace(context, outlinesOf(shape), view, shape.kind !== "line");
  if (shape.kind !== "line" && look.fill > 0) {
    context.globalAlpha = look.fill;
    context.fillStyle = look.color;
    context.fill("evenodd");
    context.globalAlpha = 1;
  }
  // A dark line under the coloured one keeps it readable on a ground of its own colour.
  context.lineJoin = "round";
  context.lineWidth = look.stroke + 1.5;
  context.strokeStyle = "rgba(0, 0, 0, 0.45)";
  context.stroke();
  context.lineWidth = look.stroke;
  context.strokeStyle = look.color;
  context.stroke();
}

function drawPoints(
  context: Canvas2D,
  shape: Extract<Shape, { kind: "points" }>,
  view: View,
  look: Look,
): void {
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

/** Is any of the shape in the part of the image that is on the canvas? */
export function isOnCanvas(shape: Shape, view: View, width: number, height: number): boolean {
  const seen: Box = {
    x0: -view.x / view.s,
    y0: -view.y / view.s,
    x1: (width - view.x) / view.s,
    y1: (height - view.y) / view.s,
  };
  return boxesMeet(boxOf(shape), seen);
}

/** Draw the image; enlarged beyond three times, its pixels are hard squares. */
export function drawPicture(
  context: Canvas2D,
  mips: readonly { source: CanvasImageSource; scale: number }[],
  size: { width: number; height: number },
  view: View,
  canvas: { width: number; height: number; ratio: number },
): void {
  const scale = view.s * canvas.ratio;
  const mip = mips.findLast((candidate) => candidate.scale >= scale) ?? mips[0];
  context.imageSmoothingEnabled = scale < 3;
  context.imageSmoothingQuality = "medium";
  // Only the visible part: scaling all of a large image costs more than all of the rest.
  const x0 = Math.max(0, Math.floor(-view.x / view.s));
  const y0 = Math.max(0, Math.floor(-view.y / view.s));
  const x1 = Math.min(size.width, Math.ceil((canvas.width - view.x) / view.s));
  const y1 = Math.min(size.height, Math.ceil((canvas.height - view.y) / view.s));
  if (x1 <= x0 || y1 <= y0) return;
  const k = mip.scale;
  context.drawImage(
    mip.source,
    x0 * k,
    y0 * k,
    (x1 - x0) * k,
    (y1 - y0) * k,
    x0 * view.s + view.x,
    y0 * view.s + view.y,
    (x1 - x0) * view.s,
    (y1 - y0) * view.s,
  );
}
