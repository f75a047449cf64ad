/** Draws a polygon corner by corner, and a line the same way. */

import type { Gesture } from "../gesture";
import type { Editor } from "../editor";
import { resolved } from "../shapes/boolean";
import { areaOf } from "../shapes/geometry";
import type { Ring } from "../shapes/types";
import { drawingArea, drawingShape } from "./areas";
import { CornersTool } from "./corners";

export class PolygonTool extends CornersTool {
  readonly name = "polygon";
  protected readonly tooFew = "A polygon needs at least three corners.";

  constructor(editor: Editor) {
    super(editor, 3, true);
  }

  get hint(): string {
    if (!this.points.length) return "Click from corner to corner. Shift adds to a shape, Alt takes away.";
    if (this.points.length < 3) return "Click the next corner. Backspace takes one back, Esc all.";
    const what = { new: "close", append: "add it", erase: "take it away" }[this.mode];
    return `Click the first corner, double-click or press Enter to ${what}.`;
  }

  protected complete(ring: Ring): Gesture | null {
    const { editor, mode } = this;
    // Corners may be clicked in any order, also crosswise: crossings become corners.
    const rings = resolved([ring]);
    if (!rings.length) return editor.refuse("These corners enclose nothing.") || null;
    const drawn = { how: "rings" as const, rings: crosses(ring, rings) ? rings : [ring] };
    return drawingArea(editor, "draw polygon", drawn, mode, this.sketch(ring));
  }
}

export class PolylineTool extends CornersTool {
  readonly name = "polyline";
  protected readonly tooFew = "A line needs at least two points.";

  constructor(editor: Editor) {
    super(editor, 2, false);
  }

  get hint(): string {
    if (!this.points.length) return "Click from point to point along the line.";
    if (this.points.length < 2) return "Click the next point. Backspace takes one back, Esc all.";
    return "Double-click or press Enter to end the line.";
  }

  protected complete(points: Ring): Gesture {
    return drawingShape(this.editor, "draw line", { kind: "line", geom: { points } });
  }
}

/** Does the ring cross itself? Then its signed area is not the area it covers. */
function crosses(ring: Ring, rings: Ring[]): boolean {
  return rings.length > 1 || Math.abs(areaOf([ring]) - areaOf(rings)) > 0.05;
}
