/** Divides areas along a stroke; each piece becomes a shape of its own. */

import { round2, simplifiedLine } from "../shapes/geometry";
import type { Point, Ring } from "../shapes/types";
import { StrokeTool } from "./stroke";
import type { Pointer } from "./tool";

export class SplitTool extends StrokeTool {
  readonly name = "split";
  readonly needsShapes = true;
  readonly hint = "Draw a line through a shape, from outside to outside. Shift draws it straight.";

  protected follow({ at, shift }: Pointer, passed: Point[]): void {
    if (shift) this.stroke = [...this.stroke.slice(0, 2), at.x, at.y];
    else for (const { x, y } of passed) this.stroke.push(x, y);
  }

  protected use(stroke: Ring): void {
    const { editor } = this;
    const line = simplifiedLine(stroke, 0.5 / editor.view.s).map(round2);
    const chosen = [...editor.selection];
    editor.changes.carryOut({ order: () => ({ act: "divide", line, chosen }), sketch: { draw: this.sketch(stroke) } });
  }
}
