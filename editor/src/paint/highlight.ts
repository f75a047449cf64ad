/** The white outline of what one points at, or has selected. */

import { outlinesOf } from "../shapes/geometry";
import type { Shape } from "../shapes/types";
import { toScreen, type View } from "../view";
import { trace, type Canvas2D } from "./painter";

/** How thick it is, in screen pixels. */
export const HIGHLIGHT = 2;
/** Where so many corners lie close to one another, the white outline covers the dark one below it. */
const DENSE = 600;

export function highlight(context: Canvas2D, shape: Shape, view: View, fill: number, plain = false): void {
  let corners = 0;
  context.beginPath();
  if (shape.kind === "points") {
    for (const point of shape.geom.points) {
      const { x, y } = toScreen(view, point);
      context.moveTo(x + 6, y);
      context.arc(x, y, 6, 0, 2 * Math.PI);
    }
  } else {
    corners = trace(context, outlinesOf(shape), view, shape.kind !== "line");
  }
  if (shape.kind !== "line" && shape.kind !== "points") {
    context.fillStyle = `rgba(255, 255, 255, ${fill})`;
    context.fill("evenodd");
  }
  if (corners < DENSE && !plain) {
    context.lineWidth = HIGHLIGHT + 2;
    context.strokeStyle = "rgba(0, 0, 0, 0.6)";
    context.stroke();
  }
  context.lineWidth = plain ? 1 : HIGHLIGHT;
  context.strokeStyle = "#ffffff";
  context.stroke();
}
