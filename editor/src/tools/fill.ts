/** Fills the gap that other shapes leave with a shape that shares their borders. */

import { LEAST_AREA } from "../edits";
import type { Editor } from "../editor";
import { areaOf, ringsOf } from "../shapes/geometry";
import { gapAt } from "../shapes/parts";
import { applyLoop, modeOf } from "./areas";
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
    const { width, height } = editor.ground;
    const areas = [...editor.document!.store.shapes.values()].map(ringsOf).filter((rings) => rings.length);
    if (!areas.length) return editor.say("There are no shapes with a gap between them yet.", "warning");
    const gap = gapAt(pointer.at, areas, width, height);
    if (!gap) return editor.say("A shape covers that already: click where none is.", "warning");
    if (areaOf(gap) < LEAST_AREA) return editor.say("That gap is too small to be a shape.", "warning");
    applyLoop(editor, "fill the gap", gap, modeOf(pointer));
  }

  cancel(): void {}
  draw(): void {}
}
