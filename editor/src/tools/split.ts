/** Divides areas along a stroke; each piece becomes a shape of its own. */

import { LEAST_AREA } from "../edits";
import type { Editor } from "../editor";
import { areaOf, boxesMeet, boxOf, boxOfRings, ringsOf, round2, simplifiedLine } from "../shapes/geometry";
import { newId } from "../shapes/ids";
import { splitBy } from "../shapes/parts";
import type { Point, Ring, Shape } from "../shapes/types";
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
    split(this.editor, simplifiedLine(stroke, 0.5 / this.editor.view.s).map(round2));
  }
}

/** The selected areas, or else all that the line goes through. */
function split(editor: Editor, line: Ring): void {
  const box = boxOfRings([line]);
  const isChosen = editor.selection.size > 0;
  const near = (isChosen ? editor.selected : editor.free).filter(
    (shape) => ringsOf(shape).length && boxesMeet(boxOf(shape), box),
  );
  const made = near.flatMap((shape) => {
    const pieces = splitBy(ringsOf(shape), line).filter((piece) => areaOf(piece) >= LEAST_AREA);
    return pieces.length > 1 ? [pieces.map((rings, i) => pieceOf(shape, rings, i))] : [];
  });
  if (!made.length) {
    const words = near.length ? "The line has to go through a shape, from outside to outside." : "There is no shape to divide here.";
    return editor.say(words, "warning");
  }
  const pieces = made.flat();
  if (!editor.commit("divide", pieces.map((after) => ({ id: after.id, after })))) return;
  if (isChosen) editor.select(pieces.map(({ id }) => id));
}

/** The first and largest piece stays the shape that it was. */
function pieceOf(shape: Shape, rings: Ring[], i: number): Shape {
  const { class: label, z, attrs } = shape;
  return { id: i ? newId() : shape.id, class: label, z, attrs, kind: "polygon", geom: { rings } };
}
