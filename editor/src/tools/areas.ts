/** What a drawn loop does: a new shape, or with Shift more of one, or with Alt less of some. */

import { allowedArea, covering, Refused, withRings } from "../edits";
import type { Editor } from "../editor";
import { difference, union } from "../shapes/boolean";
import { ringsOf } from "../shapes/geometry";
import { overlapWith } from "../shapes/overlapping";
import type { Ring, Shape } from "../shapes/types";

export type Mode = "new" | "append" | "erase";

export const modeOf = ({ shift, alt }: { shift: boolean; alt: boolean }): Mode =>
  alt ? "erase" : shift ? "append" : "new";

/** False, in words, when that cannot be. */
export function applyLoop(editor: Editor, name: string, loop: Ring[], mode: Mode): boolean {
  if (mode === "new") return editor.addShape(name, { kind: "polygon", geom: { rings: loop } });
  const isDone = mode === "erase" ? erase(editor, loop) : append(editor, name, loop);
  editor.drawsOn = true;
  return isDone;
}

/** The selected areas, or else those that the loop really touches, the front-most last. */
function targets(editor: Editor, loop: Ring[]): Shape[] {
  const selected = editor.selected.filter((shape) => ringsOf(shape).length);
  if (selected.length) return selected;
  const overlaps = overlapWith(loop);
  return [...covering(loop, editor.free)].filter((shape) => overlaps(ringsOf(shape)));
}

function append(editor: Editor, name: string, loop: Ring[]): boolean {
  const isChosen = editor.selection.size > 0;
  const target = targets(editor, loop).findLast((shape) => isChosen || shape.class === editor.activeClass);
  if (!target) return applyLoop(editor, name, loop, "new");
  const { ground } = editor;
  const others = [...editor.document!.store.shapes.values()].filter(({ id }) => id !== target.id);
  try {
    // Where the new part cuts the others, it is not cut by them before.
    const area = allowedArea(loop, ground.newCuts ? [] : others, ground);
    const after = withRings(target, union(ringsOf(target), area));
    if (after && ground.newCuts) return editor.commitAreas("add to shape", [after]);
    return editor.commit("add to shape", [{ id: target.id, after }]);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return editor.refuse(problem.message);
  }
}

function erase(editor: Editor, loop: Ring[]): boolean {
  const overlaps = overlapWith(loop);
  const states = targets(editor, loop)
    .filter((shape) => overlaps(ringsOf(shape)))
    .map((shape) => ({ id: shape.id, after: withRings(shape, difference(ringsOf(shape), loop)) }));
  if (!states.length) return editor.refuse("There is nothing to take away from here.");
  if (!editor.commit("take away", states)) return false;
  editor.select([...editor.selection].filter((id) => editor.document!.store.shapes.has(id)));
  return true;
}
