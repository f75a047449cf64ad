/** The shapes of other labelers: dashed outlines, each with the name of who drew it. */

import type { Other } from "../others";
import { boxesMeet, boxOf } from "../shapes/geometry";
import { drawWords } from "../tools/draft";
import { seenBox, type View } from "../view";
import { outline } from "./difference";
import type { Canvas2D } from "./painter";

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
