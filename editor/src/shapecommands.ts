/** The commands about shapes that are selected: copy, arrange, lock, hide, nudge. */

import { classed, copied, copy } from "./clipboard";
import type { Command, MakeCommand } from "./command";
import type { Order, Outcome } from "./cut/orders";
import type { Editor } from "./editor";
import { boxAround, boxOf, keptInside } from "./shapes/geometry";
import { handleOf, withMovedVertices } from "./shapes/handles";
import type { Point, Shape } from "./shapes/types";
import { KeypointsTool } from "./tools/keypoints";
import type { SelectTool } from "./tools/select";

/** Of the session: the image before this one. */
interface Before {
  readonly hasPrevious: boolean;
  repeatPrevious(): Promise<void>;
}

export function shapeCommands(editor: Editor, session: Before, make: MakeCommand): Command[] {
  const canEdit = () => editor.editable;
  const isChosen = () => editor.selection.size > 0;
  const hasSelection = () => canEdit() && isChosen();
  const command = (id: string, name: string, keys: string[], run: () => void, isEnabled = hasSelection) => {
    const needsShapes = isEnabled === hasSelection || isEnabled === isChosen || id.startsWith("nudge");
    const whyNot = () => (needsShapes && canEdit() && !isChosen() ? "Select a shape first." : null);
    return { ...make("Shapes", id, name, keys, () => editor.changes.inTurn(run), isEnabled), whyNot };
  };
  return [
    command("delete", "Delete", ["Delete"], () => deleteChosen(editor)),
    command("select-all", "Select all", ["Ctrl+A"], () => selectAll(editor), canEdit),
    ...steps(editor, command),
    command("copy", "Copy", ["Ctrl+C"], () => copySelected(editor), isChosen),
    command("cut", "Cut", ["Ctrl+X"], () => cutSelected(editor)),
    command("paste", "Paste", ["Ctrl+V"], () => paste(editor), canEdit),
    command("duplicate", "Duplicate", ["Ctrl+D"], () => duplicate(editor)),
    command("repeat", "Repeat the shapes of the previous image", ["Shift+V"], () => void session.repeatPrevious(), () =>
      canEdit() && session.hasPrevious,
    ),
    command("to-front", "Bring to the front", ["PageUp"], () => arrange(editor, true)),
    command("to-back", "Put to the back", ["PageDown"], () => arrange(editor, false)),
    command("lock", "Lock or unlock", ["Shift+L"], () => toggleMark(editor, "locked"), isChosen),
    command("hide-selected", "Hide the selected shapes", ["Ctrl+H"], () => toggleMark(editor, "hidden"), isChosen),
    command("show-all", "Show all hidden shapes", ["Ctrl+Shift+H"], () => showAll(editor), () => !!editor.marks?.hidden.size),
    ...nudges(editor, command),
    command("occluded", "Keypoint occluded, or visible", ["U"], () => toggleOccluded(editor), canEdit),
  ].map((one) => (one.id === "copy" || one.id === "cut" ? { ...one, isForBrowser: hasSelectedText } : one));
}

type Make = (id: string, name: string, keys: string[], run: () => void, isEnabled?: () => boolean) => Command;

/** Words that are selected on the page are what one wants to copy. */
const hasSelectedText = (): boolean => !!getSelection()?.toString();

export function deleteChosen(editor: Editor): void {
  const select = editor.tools.get("select") as SelectTool;
  if (!select.deleteVertex()) editor.changes.deleteSelected();
}

function selectAll(editor: Editor): void {
  editor.setTool("select");
  editor.select([...editor.free()].map(({ id }) => id));
}

/** Tab goes on from the last shape to the next control of the page, so nobody is caught. */
function steps(editor: Editor, command: Make): Command[] {
  const step = (by: number) => () => stepShape(editor, by);
  const isAtEnd = (by: number) => () => {
    return !document.activeElement?.classList.contains("stage") || !neighbour(editor, by);
  };
  const any = () => editor.document !== null;
  return [
    command("next-shape", "Next shape", ["N", "Tab"], step(1), any),
    command("previous-shape", "Previous shape", ["Shift+N", "Shift+Tab"], step(-1), any),
  ].map((one, i) => ({
    ...one,
    isForBrowser: (event: KeyboardEvent) => event.key === "Tab" && isAtEnd(i ? -1 : 1)(),
  }));
}

/** The shape before or after the selected one; with none selected the first, or the last. */
function neighbour(editor: Editor, by: number): Shape | undefined {
  const order = editor.document?.store.inOrder().filter(({ id }) => !editor.marks?.hidden.has(id)) ?? [];
  const at = order.findIndex(({ id }) => editor.selection.has(id));
  return at < 0 ? order.at(by > 0 ? 0 : -1) : order[at + by];
}

function stepShape(editor: Editor, by: number): void {
  const next = neighbour(editor, by) ?? (editor.select([]), neighbour(editor, by));
  if (next) editor.select([next.id]);
}

/** The selected shapes from back to front. */
const selectedInOrder = (editor: Editor): Shape[] =>
  editor.document!.store.inOrder().filter(({ id }) => editor.selection.has(id));

const count = (shapes: readonly unknown[]): string => (shapes.length === 1 ? "1 shape" : `${shapes.length} shapes`);

function copySelected(editor: Editor): void {
  const shapes = selectedInOrder(editor);
  const isForAll = copy(editor.document!.data.id, editor.task!, shapes);
  editor.say(`Copied ${count(shapes)}.${isForAll ? "" : " They can be pasted on images in this window only."}`);
}

function cutSelected(editor: Editor): void {
  copy(editor.document!.data.id, editor.task!, selectedInOrder(editor));
  editor.changes.deleteSelected();
}

function paste(editor: Editor): void {
  const clip = copied();
  if (!clip?.shapes.length) return editor.say("Nothing was copied yet: select shapes and copy them first.", "warning");
  const isSame = clip.label === editor.document!.data.id;
  const byId = clip.task === editor.task!.id;
  const shapes = byId ? clip.shapes.map(({ className: _, ...shape }) => shape as Shape) : clip.shapes;
  addCopies(editor, "paste", shapes, isSame);
}

function duplicate(editor: Editor): void {
  addCopies(editor, "duplicate", selectedInOrder(editor), true);
}

/** New shapes like these; beside them where they would lie on what they were copied from. */
export function addCopies(editor: Editor, name: string, shapes: readonly Shape[], isBeside: boolean): void {
  const { store } = editor.document!;
  const by = isBeside ? besideOf(editor, shapes) : { x: 0, y: 0 };
  const made = classed(shapes, editor.task!, editor.activeClass);
  const then = (isDone: boolean, { select }: Outcome) => {
    if (!isDone) return;
    if (made.unknown.length) {
      const label = editor.task!.classes.find(({ id }) => id === editor.activeClass)?.name ?? "the active class";
      editor.say(`This task has no class ${made.unknown.join(", ")}; those shapes became ${label}.`, "warning");
    }
    editor.setTool("select");
    editor.select(select ?? []);
  };
  const order = (): Order => ({ act: "add", name, shapes: made.shapes, copies: { ...by, z: store.nextZ }, isSelected: true });
  editor.changes.carryOut({ order, then });
}

/** A little to the side; where shapes must not overlap, so far that nothing of the copies is cut away. */
function besideOf(editor: Editor, shapes: readonly Shape[]): Point {
  const step = Math.max(1, 12 / editor.view.s);
  const { permitOverlap, width, height } = editor.ground;
  if (permitOverlap) return { x: step, y: step };
  const { x0, y0, x1, y1 } = boxAround(shapes);
  const [w, h] = [x1 - x0 + step, y1 - y0 + step];
  if (x1 + w <= width) return { x: w, y: 0 };
  if (x0 - w >= 0) return { x: -w, y: 0 };
  if (y1 + h <= height) return { x: 0, y: h };
  return y0 - h >= 0 ? { x: 0, y: -h } : { x: step, y: step };
}

/** In front of all others, or behind them, in the order they have among themselves. */
function arrange(editor: Editor, isFront: boolean): void {
  const shapes = selectedInOrder(editor);
  const { store } = editor.document!;
  const first = isFront ? store.nextZ : (store.inOrder()[0]?.z ?? 0) - shapes.length;
  const order = store.inOrder();
  const ends = isFront ? order.slice(-shapes.length) : order.slice(0, shapes.length);
  if (ends.every(({ id }) => editor.selection.has(id))) {
    return editor.say(isFront ? "That is in front already." : "That is at the back already.");
  }
  const states = shapes.map((shape, i) => ({ id: shape.id, after: { ...shape, z: first + i } as Shape }));
  editor.changes.commit(isFront ? "bring to the front" : "put to the back", states);
}

function toggleMark(editor: Editor, kind: "locked" | "hidden"): void {
  const shapes = editor.selected;
  const isOn = editor.marks!.toggle(kind, shapes.map(({ id }) => id));
  if (kind === "hidden" && isOn) editor.select([]);
  const words = kind === "locked" ? ["Unlocked", "Locked"] : ["Shown", "Hidden"];
  editor.say(`${words[Number(isOn)]}: ${count(shapes)}.`);
  editor.onPanels();
  editor.onDraw();
}

function showAll(editor: Editor): void {
  editor.marks!.showAll();
  editor.onPanels();
  editor.onDraw();
}

function nudges(editor: Editor, command: Make): Command[] {
  const canNudge = () => !!editor.tool?.nudge || (editor.editable && editor.selection.size > 0);
  const ways: [string, string, number, number][] = [
    ["left", "ArrowLeft", -1, 0],
    ["right", "ArrowRight", 1, 0],
    ["up", "ArrowUp", 0, -1],
    ["down", "ArrowDown", 0, 1],
  ];
  return ways.flatMap(([way, key, dx, dy]) => [
    command(`nudge-${way}`, `Move ${way} by a pixel`, [`Ctrl+${key}`], () => nudge(editor, dx, dy), canNudge),
    command(`push-${way}`, `Move ${way} by ten pixels`, [`Ctrl+Shift+${key}`], () => nudge(editor, 10 * dx, 10 * dy), canNudge),
  ]);
}

/** All together, so that shapes keep their places to each other at the border too. */
function nudge(editor: Editor, dx: number, dy: number): void {
  if (editor.tool?.nudge) return editor.tool.nudge(dx, dy);
  const { width, height } = editor.image;
  const { changes, selected, vertices } = editor;
  if (vertices.length) {
    if (!changes.findCorners()) return;
    const after = withMovedVertices(selected[0], vertices, dx, dy);
    const { x0, y0, x1, y1 } = boxOf(after);
    if (x0 < 0 || y0 < 0 || x1 > width || y1 > height) return;
    return changes.put("move corners", selected, [after], (isDone) => {
      if (isDone) for (const vertex of vertices) Object.assign(vertex, handleOf(after, vertex)!.vertex);
    });
  }
  const step = keptInside(boxAround(selected), dx, dy, width, height);
  changes.move(selected, step);
}

/** The keypoint that was set last while one sets them, else the chosen one of the selected shape. */
function toggleOccluded(editor: Editor): void {
  if (editor.tool instanceof KeypointsTool && editor.tool.toggleOccluded()) return;
  const { changes, selected: [shape], vertices } = editor;
  if (shape?.kind !== "points" || !vertices.length) {
    return editor.say("Select keypoints and click the one that is hidden by something.", "warning");
  }
  if (!changes.findCorners()) return;
  const places = new Set(vertices.map(({ index }) => index / 2));
  const points = shape.geom.points.map((point, i) =>
    places.has(i) ? { ...point, visible: !point.visible } : point,
  );
  editor.changes.commit("occluded or visible", [{ id: shape.id, after: { ...shape, geom: { points } } }]);
}
