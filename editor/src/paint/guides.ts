/** Lines that help the eye: a grid in image pixels, and a cross at the pointer. */

import type { Point } from "../shapes/types";
import { seenBox, toScreen, type View } from "../view";
import type { Canvas2D } from "./painter";

/** Lines of the grid are at least so far apart on the screen. */
const CLOSEST = 48;
/** From this enlargement on, every pixel has its lines. */
const PIXEL_GRID = 12;

interface Size {
  width: number;
  height: number;
}

/** Image pixels between the lines: 1, 2, 5, 10, 20, … */
export function gridStep(scale: number): number {
  if (scale >= PIXEL_GRID) return 1;
  const least = CLOSEST / scale;
  const power = 10 ** Math.floor(Math.log10(least));
  return Math.max(1, power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10));
}

export function drawGrid(context: Canvas2D, view: View, stage: Size, image: Size): void {
  const step = gridStep(view.s);
  const seen = seenBox(view, stage);
  const from = (low: number) => Math.max(0, Math.ceil(low / step) * step);
  const topLeft = toScreen(view, { x: Math.max(0, seen.x0), y: Math.max(0, seen.y0) });
  const bottomRight = toScreen(view, { x: Math.min(image.width, seen.x1), y: Math.min(image.height, seen.y1) });
  context.beginPath();
  for (let x = from(seen.x0); x <= Math.min(image.width, seen.x1); x += step) {
    const at = Math.round(x * view.s + view.x) + 0.5;
    context.moveTo(at, topLeft.y);
    context.lineTo(at, bottomRight.y);
  }
  for (let y = from(seen.y0); y <= Math.min(image.height, seen.y1); y += step) {
    const at = Math.round(y * view.s + view.y) + 0.5;
    context.moveTo(topLeft.x, at);
    context.lineTo(bottomRight.x, at);
  }
  twoTone(context, "rgba(0, 0, 0, 0.3)", "rgba(255, 255, 255, 0.4)");
}

export function drawCrosshair(context: Canvas2D, stage: Size, at: Point): void {
  const x = Math.round(at.x) + 0.5;
  const y = Math.round(at.y) + 0.5;
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(stage.width, y);
  context.moveTo(x, 0);
  context.lineTo(x, stage.height);
  twoTone(context, "rgba(0, 0, 0, 0.6)", "rgba(255, 255, 255, 0.85)");
}

/** A dark line and light dashes on it are seen on any ground. */
function twoTone(context: Canvas2D, dark: string, light: string): void {
  context.lineWidth = 1;
  context.strokeStyle = dark;
  context.stroke();
  context.setLineDash([4, 4]);
  context.strokeStyle = light;
  context.stroke();
  context.setLineDash([]);
}
