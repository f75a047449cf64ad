/** Every action of the editor: one table that keys, buttons and the shortcut sheet share. */

import type { Editor } from "./editor";
import type { Session } from "./session";
import { TOOLS } from "./tools/catalog";
import type { SelectTool } from "./tools/select";
import { zoomed } from "./view";
import { moved, boxOf, keptInside } from "./shapes/geometry";

export type Group = "Tools" | "Shapes" | "View" | "Classes" | "Images" | "Help";

export interface Command {
  id: string;
  name: string;
  group: Group;
  /** As written on the sheet, for example "Ctrl+Z"; the first one is shown on buttons. */
  keys: string[];
  isEnabled(): boolean;
  run(): void;
}

export interface Sheet {
  toggle(): void;
}

export function makeCommands(editor: Editor, session: Session, sheet: Sheet): Command[] {
  const command = (
    group: Group,
    id: string,
    name: string,
    keys: string[],
    run: () => void,
    isEnabled: () => boolean = () => editor.document !== null,
  ): Command => ({ id, name, group, keys, run, isEnabled });
  const canEdit = () => editor.editable;
  const hasSelection = () => editor.editable && editor.selection.size > 0;
  const hasBrush = () => editor.tools.has("brush") || editor.tools.has("eraser");
  const isDrawing = () => editor.tool?.isBusy ?? false;
  return [
    ...TOOLS.filter(({ name }) => editor.tools.has(name)).map(({ name, title, key }) =>
      command("Tools", `tool-${name}`, title, [key], () => editor.setTool(name)),
    ),
    command("Tools", "finish", "Finish the polygon or line", ["Enter"], () => editor.tool?.finish?.(), isDrawing),
    command("Tools", "step-back", "Take back the last corner", ["Backspace"], () => stepBack(editor), canEdit),
    command("Tools", "brush-smaller", "Smaller brush", ["["], () => editor.resizeBrush(-1), hasBrush),
    command("Tools", "brush-larger", "Larger brush", ["]"], () => editor.resizeBrush(1), hasBrush),
    command("Tools", "escape", "Cancel, or select nothing", ["Escape"], () => escape(editor)),
    command("Shapes", "undo", "Undo", ["Ctrl+Z"], () => editor.undo(), canEdit),
    command("Shapes", "redo", "Redo", ["Ctrl+Y", "Ctrl+Shift+Z"], () => editor.redo(), canEdit),
    command("Shapes", "delete", "Delete", ["Delete"], () => deleteChosen(editor), hasSelection),
    command("Shapes", "select-all", "Select all", ["Ctrl+A"], () => selectAll(editor), canEdit),
    command("Shapes", "next-shape", "Next shape", ["N"], () => stepShape(editor, 1)),
    command("Shapes", "previous-shape", "Previous shape", ["Shift+N"], () => stepShape(editor, -1)),
    ...nudges(editor).map(([name, key, run]) =>
      command("Shapes", `nudge-${name}`, `Move ${name} by a pixel`, [key], run, hasSelection),
    ),
    command("View", "fit", "Whole image", ["0"], () => editor.fit()),
    command("View", "actual", "One to one", ["Shift+1"], () => zoomTo(editor, 1)),
    command("View", "zoom-in", "Zoom in", ["+", "="], () => zoomBy(editor, 1.25)),
    command("View", "zoom-out", "Zoom out", ["-"], () => zoomBy(editor, 0.8)),
    command("View", "go-to", "Go to the selected shape", ["G"], () => goTo(editor), () => editor.selection.size > 0),
    ...(editor.task?.classes ?? [])
      .filter(({ archived }) => !archived)
      .slice(0, 9)
      .map(({ id, name }, i) =>
        command("Classes", `class-${i + 1}`, name, [String(i + 1)], () => editor.setClass(id), canEdit),
      ),
    command("Images", "previous", "Previous image", ["ArrowLeft"], () => void session.previous(), () => session.hasPrevious),
    command("Images", "next", "Next image", ["ArrowRight"], () => void session.next()),
    command("Images", "complete", "Complete, and next", ["Ctrl+Enter"], () => void session.complete(), canEdit),
    command("Images", "reopen", "Go on with this image", [], () => void session.reopen(), () => session.canReopen),
    command("Help", "shortcuts", "Keys", ["?"], () => sheet.toggle(), () => true),
  ];
}

/** Keys that do something only while they are held; the sheet lists them too. */
export const HELD_KEYS: [key: string, name: string][] = [
  ["Space", "Select, and move the image"],
  ["H", "Hide the shapes"],
  ["Shift", "Freehand, brush, polygon: add to a shape; select: several"],
  ["Alt", "Freehand, brush, polygon: take away; select: remove a corner"],
  ["Wheel", "Zoom at the pointer"],
  ["Alt or Shift, and wheel", "Size of the brush"],
  ["Middle or right button", "Move the image"],
];

/** The key of an event as the table writes it. */
export function keyName(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // Digits by their place: French keyboards have them behind Shift, all others the signs.
  const place = /^Digit(\d)$/.exec(event.code)?.[1];
  const isSign = !/^[0-9A-Z]$/.test(key) && key.length === 1;
  const digit = place !== undefined && isSign ? place : null;
  const isShifted = event.shiftKey && (digit !== null || (key.length > 1 || /^[A-Z]$/.test(key)));
  const modifiers = [
    event.ctrlKey || event.metaKey ? "Ctrl+" : "",
    event.altKey ? "Alt+" : "",
    isShifted ? "Shift+" : "",
  ];
  return modifiers.join("") + (digit ?? key);
}

export function findCommand(commands: readonly Command[], event: KeyboardEvent): Command | null {
  const name = keyName(event);
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  return (
    commands.find(({ keys }) => keys.includes(name)) ??
    // Signs such as "?" and "+" need Shift or a digit's key on many keyboards.
    (hasModifier ? null : (commands.find(({ keys }) => keys.includes(event.key)) ?? null))
  );
}

function escape(editor: Editor): void {
  if (editor.tool?.isBusy) editor.tool.cancel();
  else editor.select([]);
}

function stepBack(editor: Editor): void {
  if (!editor.tool?.undoStep?.()) deleteChosen(editor);
  editor.onDraw();
}

function deleteChosen(editor: Editor): void {
  const select = editor.tools.get("select") as SelectTool;
  if (!select.deleteVertex()) editor.deleteSelected();
}

function selectAll(editor: Editor): void {
  editor.setTool("select");
  editor.select(editor.document!.store.shapes.keys());
}

function stepShape(editor: Editor, by: number): void {
  const order = editor.document!.store.inOrder();
  if (!order.length) return;
  const last = order.findIndex(({ id }) => editor.selection.has(id));
  const next = order[(last < 0 ? (by > 0 ? 0 : order.length - 1) : last + by + order.length) % order.length];
  editor.select([next.id]);
}

function goTo(editor: Editor): void {
  const [shape] = editor.selected;
  if (shape) editor.goTo(shape);
}

function nudges(editor: Editor): [string, string, () => void][] {
  const by = (dx: number, dy: number) => () => {
    const { width, height } = editor.ground;
    const states = editor.selected.map((shape) => {
      const step = keptInside(boxOf(shape), dx, dy, width, height);
      return { id: shape.id, after: moved(shape, step.x, step.y) };
    });
    editor.commit("move", states);
  };
  return [
    ["left", "Ctrl+ArrowLeft", by(-1, 0)],
    ["right", "Ctrl+ArrowRight", by(1, 0)],
    ["up", "Ctrl+ArrowUp", by(0, -1)],
    ["down", "Ctrl+ArrowDown", by(0, 1)],
  ];
}

function zoomBy(editor: Editor, factor: number): void {
  const { width, height } = editor.stage;
  editor.setView(zoomed(editor.view, factor, { x: width / 2, y: height / 2 }));
}

function zoomTo(editor: Editor, scale: number): void {
  zoomBy(editor, scale / editor.view.s);
}
