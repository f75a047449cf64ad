/** Gestures by which something is drawn. */

import { startingWith } from "../attributes";
import type { Gesture, Sketch } from "../gesture";
import type { Blank, Drawn, Mode } from "../cut/orders";
import type { Editor } from "../editor";
import { drawShape, type Canvas2D } from "../paint/painter";
import { newId } from "../shapes/ids";
import type { Shape } from "../shapes/types";
import { attempt } from "./attempt";
import { DRAFT_FILL, drawDraft } from "./draft";

type NewShape = Shape extends infer S ? (S extends Shape ? Pick<S, "kind" | "geom"> : never) : never;

export const modeOf = ({ shift, alt }: { shift: boolean; alt: boolean }): Mode =>
  alt ? "erase" : shift ? "append" : "new";

function blankOf(editor: Editor, label: number | null): Blank {
  const attrs = label === null ? {} : startingWith(editor.task?.attributes ?? [], label);
  return { id: newId(), class: label, z: editor.document!.store.nextZ, attrs };
}

/** Draw an area, which becomes a shape, or with Shift more of one, or with Alt less of some. */
export function drawingArea(editor: Editor, name: string, drawn: Drawn, mode: Mode, draw?: Sketch["draw"]): Gesture {
  const { activeClass } = editor;
  const chosen = [...editor.selection];
  const order = () => ({ act: "draw" as const, name, drawn, mode, chosen, blank: blankOf(editor, activeClass) });
  const then = () => {
    // Whoever adds to what is selected, or takes away, goes on drawing.
    if (mode !== "new" && !editor.tool?.isHarmless) editor.drawsOn = true;
  };
  return { order, sketch: { draw }, then };
}

/**
 * Draw a shape that is what it is. It is not selected: the keys of the classes would change it when
 * the next one is to be of another class.
 */
export function drawingShape(editor: Editor, name: string, drawn: NewShape, label = editor.activeClass): Gesture {
  const color = editor.labelClass(label)?.color ?? editor.activeColor;
  return {
    order: () => {
      if (label === null) return editor.refuse("Choose a class first.") || null;
      const shape = { ...blankOf(editor, label), ...drawn } as Shape;
      return { act: "add", name, shapes: [shape], isSelected: false };
    },
    sketch: { draw: (context) => drawNew(context, editor, drawn, color) },
  };
}

/** Try once more what was refused, in the class that is in hand now. */
export function drawAgain(editor: Editor): void {
  const { order, outline } = editor.refused!;
  const draw = (context: Canvas2D) => outline.forEach((ring) => drawDraft(context, editor, ring, true));
  if (order.act === "draw") attempt(editor, drawingArea(editor, order.name, order.drawn, order.mode, draw));
  if (order.act === "add") attempt(editor, drawingShape(editor, order.name, order.shapes[0] as NewShape));
}

/** How a shape looks while it is drawn. */
export function drawNew(context: Canvas2D, editor: Editor, drawn: NewShape, color = editor.activeColor): void {
  const shape = { id: "", class: 0, z: 0, attrs: {}, ...drawn } as Shape;
  drawShape(context, shape, editor.view, { color, fill: DRAFT_FILL, stroke: 1.5 });
}
