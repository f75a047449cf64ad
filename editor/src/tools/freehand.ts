/** Draws an area in one stroke; with Shift it is added to a shape, with Alt taken away. */

import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import { enclosed } from "../shapes/boolean";
import { boxOfRings } from "../shapes/geometry";
import type { Point, Ring } from "../shapes/types";
import { applyLoop, modeOf } from "./areas";
import { attempt } from "./attempt";
import { drawDraft } from "./draft";
import type { Pointer, Tool } from "./tool";

export class FreehandTool implements Tool {
  readonly name = "freehand";
  readonly cursor = "crosshair";
  readonly hint = "Draw round the object. Shift adds to a shape, Alt takes away.";
  private stroke: Ring = [];

  constructor(private readonly editor: Editor) {}

  get isBusy(): boolean {
    return this.stroke.length > 0;
  }

  down({ at }: Pointer): void {
    this.stroke = [at.x, at.y];
  }

  move(_pointer: Pointer, passed: Point[]): void {
    if (!this.isBusy) return;
    // A third of a screen pixel: more is not to be seen, and only makes the stroke heavy.
    const least = 0.33 / this.editor.view.s;
    for (const { x, y } of passed) {
      const lastX = this.stroke[this.stroke.length - 2];
      const lastY = this.stroke[this.stroke.length - 1];
      if (Math.hypot(x - lastX, y - lastY) >= least) this.stroke.push(x, y);
    }
    this.editor.onDraw();
  }

  up(pointer: Pointer): void {
    if (!this.isBusy) return;
    this.move(pointer, [pointer.at]);
    const { stroke, editor } = this;
    this.cancel();
    const box = boxOfRings([stroke]);
    if (Math.max(box.x1 - box.x0, box.y1 - box.y0) * editor.view.s < 4) {
      // A click, not a stroke: choose what is there.
      const hit = editor.shapeAt(pointer.at);
      return editor.select(hit ? [hit.id] : []);
    }
    const loop = stroke.length >= 6 ? enclosed(stroke, 1 / editor.view.s) : [];
    if (!loop.length) return editor.say("Draw round the object: the stroke encloses nothing.", "warning");
    const mode = modeOf(pointer);
    attempt(editor, mode === "erase" ? null : loop, () => applyLoop(editor, "draw freehand", loop, mode));
  }

  cancel(): void {
    this.stroke = [];
    this.editor.onDraw();
  }

  draw(context: Canvas2D): void {
    if (this.isBusy) drawDraft(context, this.editor, this.stroke, true);
  }
}
