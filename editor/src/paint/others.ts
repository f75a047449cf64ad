/** The shapes of other labelers: dashed outlines, each with the name of who drew it. */

import { boxesMeet, boxOf } from "../shapes/geometry";
import type { Shape } from "../shapes/types";
import { drawWords } from "../tools/draft";
import { seenBox, type View } from "../view";
import { outline } from "./difference";
import type { Canvas2D } from "./painter";

/** Told apart by everybody on nearly every image; the names stand beside the outlines. */
const COLORS = ["#ff9d2e", "#38b6ff", "#f5f749", "#ff6ec7", "#7dff8a"];
export const otherColor = (i: number): string => COLORS[i % COLORS.length];

export interface Other {
  by: string;
  color: string;
  shapes: readonly Shape[];
}

export function drawOthers(
  context: Canvas2D,
  others: readonly Other[],
  view: View,
  stage: { width: number; height: number },
): void {
  const seen = seenBox(view, stage);
  for (const { by, color, shapes } of others) {
    for (const shape of shapes) {
      const box = boxOf(shape);
      if (!boxesMeet(box, seen)) continue;
      outline(context, shape, view, color, [7, 5]);
      // Where there is room; else the colour alone says it.
      if ((box.x1 - box.x0) * view.s > 60) drawWords(context, box.x0 * view.s + view.x, box.y0 * view.s + view.y - 6, by);
    }
  }
}
