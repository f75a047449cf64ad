/** What is different between a drawing of then and that of now, as outlines over the image. */

import { boxesMeet, boxOf, outlinesOf } from "../shapes/geometry";
import type { Shape } from "../shapes/types";
import type { Difference } from "../past";
import { seenBox, type View } from "../view";
import { trace, type Canvas2D } from "./painter";

/** Blue and orange are told apart by everybody; the dashes say it without colours. */
export const THEN = { color: "#ff9d2e", dash: [] as number[] };
export const NOW = { color: "#38b6ff", dash: [7, 5] };

/** The dashes of what a model suggests. */
export const SUGGESTED = [6, 5];

export function drawDifference(
  context: Canvas2D,
  { drawn, changed, deleted }: Difference,
  view: View,
  stage: { width: number; height: number },
): void {
  const seen = seenBox(view, stage);
  const draw = (shapes: Shape[], { color, dash }: typeof NOW) => {
    for (const shape of shapes.filter((one) => boxesMeet(boxOf(one), seen))) outline(context, shape, view, color, dash);
  };
  draw([...deleted, ...changed.map(({ then }) => then)], THEN);
  draw([...drawn, ...changed.map(({ now }) => now)], NOW);
}

export function outline(context: Canvas2D, shape: Shape, view: View, color: string, dash: number[], ground: string | null = "rgba(0, 0, 0, 0.65)"): void {
  context.beginPath();
  if (shape.kind === "points") {
    for (const { x, y } of shape.geom.points) {
      const [left, top] = [x * view.s + view.x, y * view.s + view.y];
      context.moveTo(left + 8, top);
      context.arc(left, top, 8, 0, 2 * Math.PI);
    }
  } else {
    trace(context, outlinesOf(shape), view, shape.kind !== "line");
  }
  if (ground) {
    context.lineWidth = 4.5;
    context.strokeStyle = ground;
    context.stroke();
  }
  context.setLineDash(dash);
  context.lineWidth = ground ? 2.5 : 1;
  context.strokeStyle = color;
  context.stroke();
  context.setLineDash([]);
}
