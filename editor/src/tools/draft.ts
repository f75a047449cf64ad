/** How what is unfinished looks: lightly filled, for one still looks at what lies below. */

import { trace, type Canvas2D } from "../paint/painter";
import type { Ring } from "../shapes/types";
import type { View } from "../view";

export const DRAFT_FILL = 0.1;

/** What is half drawn, as it is seen now; in the colour of the class in hand unless it was begun in another. */
export function drawDraft(
  context: Canvas2D,
  editor: { view: View; activeColor: string },
  points: Ring,
  fill: boolean,
  color = editor.activeColor,
): void {
  context.beginPath();
  trace(context, [points], editor.view, false);
  if (fill) {
    context.save();
    context.globalAlpha *= DRAFT_FILL;
    context.fillStyle = color;
    context.fill("nonzero");
    context.restore();
  }
  context.lineWidth = 3.5;
  context.strokeStyle = "rgba(0, 0, 0, 0.5)";
  context.stroke();
  context.lineWidth = 1.75;
  context.strokeStyle = color;
  context.stroke();
}

export function drawDot(context: Canvas2D, x: number, y: number, radius: number, fill: string): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = "rgba(0, 0, 0, 0.75)";
  context.stroke();
}

/** A stroke of a round brush. Drawn as one line, it is as light where it crosses itself. */
export function traceStroke(context: Canvas2D, stroke: Ring, view: View, color: string, radius: number): void {
  context.beginPath();
  // A point alone makes no line: it gets a length too small to be seen.
  trace(context, [stroke.length > 2 ? stroke : [...stroke, stroke[0] + 1e-3, stroke[1]]], view, false);
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = 2 * radius;
  context.globalAlpha = 0.45;
  context.strokeStyle = color;
  context.stroke();
  context.globalAlpha = 1;
  context.lineCap = "butt";
}

/** Words on the image, readable on any ground. */
export function drawWords(context: Canvas2D, x: number, y: number, words: string): void {
  context.font = "12px system-ui, sans-serif";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = "rgba(0, 0, 0, 0.8)";
  context.strokeText(words, x, y);
  context.fillStyle = "#ffffff";
  context.fillText(words, x, y);
}
