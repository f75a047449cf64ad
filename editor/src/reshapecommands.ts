/** Commands that make other shapes of those that are selected: merge, take apart, convert, simplify. */

import type { Command } from "./commands";
import type { Editor } from "./editor";
import { LEAST_AREA, Refused } from "./edits";
import type { MakeCommand } from "./shapecommands";
import { partsOf, resolved, union } from "./shapes/boolean";
import { converted, type Target } from "./shapes/convert";
import { areaOf, ringsOf, windingOf } from "./shapes/geometry";
import { newId } from "./shapes/ids";
import type { Ring, Shape } from "./shapes/types";

export function reshapeCommands(editor: Editor, make: MakeCommand, simplify: () => void): Command[] {
  const hasSelection = () => editor.editable && editor.selection.size > 0;
  const hasSeveral = () => hasSelection() && editor.selection.size > 1;
  const command = (id: string, name: string, keys: string[], run: () => void, isEnabled = hasSelection) => {
    const words = isEnabled === hasSeveral ? "Select at least two shapes first." : "Select a shape first.";
    return { ...make("Shapes", id, name, keys, run, isEnabled), whyNot: () => (editor.editable ? words : null) };
  };
  const convert = (target: Target, name: string) =>
    command(`to-${target}`, `Make it ${name}`, [], () => convertSelected(editor, target));
  return [
    command("merge", "Merge into one shape", ["M"], () => merge(editor), hasSeveral),
    command("separate", "Separate the parts", ["Shift+M"], () => separate(editor)),
    command("fill-holes", "Fill the holes", [], () => fillHoles(editor)),
    command("simplify", "Simplify…", ["Q"], simplify),
    convert("polygon", "a polygon"),
    convert("mask", "a mask of whole pixels"),
    convert("rectangle", "an upright rectangle"),
    convert("rotated", "a rotated rectangle"),
    convert("ellipse", "an ellipse"),
    convert("line", "a line"),
  ];
}

const asPolygon = ({ id, class: label, z, attrs }: Shape, rings: Ring[]): Shape => ({
  ...{ id, class: label, z, attrs },
  kind: "polygon",
  geom: { rings },
});

/** The one that was selected first stays, with its class and attributes; the others become part of it. */
function merge(editor: Editor): void {
  const areas = editor.selected.filter((shape) => ringsOf(shape).length);
  const [first, ...others] = areas;
  if (!others.length) return editor.say("Select at least two areas: points and lines cannot be merged.", "warning");
  const rings = areas.map(ringsOf).reduce(union);
  const z = Math.max(...areas.map((shape) => shape.z));
  const states = others.map(({ id }) => ({ id, after: null as Shape | null }));
  const isDone = commitKinds(editor, "merge", [{ id: first.id, after: { ...asPolygon(first, rings), z } }, ...states]);
  if (isDone) editor.select([first.id]);
}

/** Each separate part becomes a shape of its own; the largest stays what it was. */
function separate(editor: Editor): void {
  const made = editor.selected.flatMap((shape) => {
    const parts = shape.kind === "polygon" ? partsOf(shape.geom.rings).filter((part) => areaOf(part) >= LEAST_AREA) : [];
    if (parts.length < 2) return [];
    parts.sort((a, b) => areaOf(b) - areaOf(a));
    return parts.map((rings, i) => ({ ...asPolygon(shape, rings), id: i ? newId() : shape.id }));
  });
  if (!made.length) return editor.say("The selected shapes have one part each.", "warning");
  if (commitKinds(editor, "separate", made.map((after) => ({ id: after.id, after })))) {
    editor.select(made.map(({ id }) => id));
  }
}

function fillHoles(editor: Editor): void {
  const made = editor.selected.flatMap((shape) => {
    if (shape.kind !== "polygon") return [];
    const whole = resolved(shape.geom.rings);
    const outlines = whole.filter((ring) => windingOf(ring) > 0);
    return outlines.length < whole.length ? [asPolygon(shape, outlines)] : [];
  });
  if (made.length) editor.commitAreas("fill the holes", made);
  else editor.say("The selected shapes have no holes.", "warning");
}

function convertSelected(editor: Editor, target: Target): void {
  const shapes = editor.selected;
  const made = shapes.flatMap((shape) => converted(shape, target) ?? []);
  if (!made.length) return editor.say("The selected shapes cannot become that.", "warning");
  try {
    for (const shape of made) editor.checkKind(shape);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return editor.say(problem.message, "warning");
  }
  if (!editor.commitAreas("convert", made)) return;
  const left = shapes.length - made.length;
  if (left) editor.say(`${left} of ${shapes.length} shapes cannot become that, and stay as they are.`, "warning");
}

/** Commit, unless the task does not draw shapes of such a kind. */
function commitKinds(editor: Editor, name: string, states: { id: string; after: Shape | null }[]): boolean {
  try {
    for (const { after } of states) if (after) editor.checkKind(after);
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    editor.say(problem.message, "warning");
    return false;
  }
  return editor.commit(name, states);
}
