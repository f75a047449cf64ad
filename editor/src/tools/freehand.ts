/** Draws an area in one stroke; with Shift it is added to a shape, with Alt taken away. */

import type { Point, Ring } from "../shapes/types";
import { drawingArea, modeOf } from "./areas";
import { attempt } from "./attempt";
import { StrokeTool } from "./stroke";
import type { Pointer } from "./tool";

export class FreehandTool extends StrokeTool {
  readonly name = "freehand";
  readonly canSnap = true;
  readonly hint = "Draw round the object. Shift adds to a shape, Alt takes away.";
  protected override readonly isClosed = true;

  protected follow(_pointer: Pointer, passed: Point[]): void {
    // A third of a screen pixel: more is not to be seen, and only makes the stroke heavy.
    const least = 0.33 / this.editor.view.s;
    for (const { x, y } of passed) {
      const lastX = this.stroke[this.stroke.length - 2];
      const lastY = this.stroke[this.stroke.length - 1];
      if (Math.hypot(x - lastX, y - lastY) >= least) this.stroke.push(x, y);
    }
  }

  protected use(stroke: Ring, pointer: Pointer): void {
    const { editor } = this;
    const drawn = { how: "loop" as const, stroke, tolerance: 1 / editor.view.s };
    const draw = this.sketch(stroke);
    attempt(editor, drawingArea(editor, "draw freehand", drawn, modeOf(pointer), draw));
  }
}
