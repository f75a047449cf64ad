/** The white outline of what one points at, or has selected. */

import { outlinesOf } from "../shapes/geometry";
import type { Shape } from "../shapes/types";
import { toScreen, type View } from "../view";
import { trace, type Canvas2D } from "./painter";

export function highlight(context: Canvas2D, shape: Shape, view: View, fill: number): void {
  context.beginPath();
  if (shape.kind === "points") {
    for (const point of shape.geom.points) {
      const { x, y } = toScreen(view, point);
      context.moveTo(x + 6, y);
      context.arc(x, y, 6, 0, 2 * Math.PI);
    }
  } else {
    trace(context, outlinesOf(shape), view, shape.kind !== "line");
  }
  if (shape.kind !== "line" && shape.kind !== "points") {
    context.fillStyle = `rgba(255, 255, 255, ${fill})`;
    context.fill("evenodd");
  }
  context.lineJoin = "round";
  context.lineWidth = 4;
  context.strokeStyle = "rgba(0, 0, 0, 0.6)";
  context.stroke();
  context.lineWidth = 2;
  context.strokeStyle = "#ffffff";
  context.stroke();
}
