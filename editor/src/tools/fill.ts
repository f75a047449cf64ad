/** Fills the gap that other shapes leave with a shape that shares their borders. */

import type { Editor } from "../editor";
import { drawingArea } from "./areas";
import type { Pointer, Tool } from "./tool";

export class FillTool implements Tool {
  readonly name = "fill";
  readonly cursor = "cell";
  readonly isBusy = false;
  readonly hint = "Click into the gap between shapes. Shift adds it to the selected shape.";

  constructor(private readonly editor: Editor) {}

  down(): void {}
  move(): void {}

  up(pointer: Pointer): void {
    const { editor } = this;
    const drawn = { how: "gap" as const, at: pointer.at };
    editor.changes.carryOut(drawingArea(editor, "fill the gap", drawn, pointer.shift ? "append" : "new"));
  }

  cancel(): void {}
  draw(): void {}
}
