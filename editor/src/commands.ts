/** Every action of the editor: one table that keys, buttons and the shortcut sheet share. */

import type { Editor } from "./editor";
import type { Session } from "./session";
import { TOOLS } from "./tools/catalog";
import { KeypointsTool } from "./tools/keypoints";
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
  /** What it has where nobody chose otherwise. */
  readonly usualKeys: readonly string[];
  /** The task has it; what another task has keeps its keys, but is shown nowhere. */
  isOffered: boolean;
  isEnabled(): boolean;
  run(): void;
  /** It lasts only while its key is held. */
  release?(): void;
}

/** What commands open and close. */
export interface Windows {
  toggleKeys(): void;
  togglePalette(): void;
}

export function makeCommands(editor: Editor, session: Session, windows: Windows): Command[] {
  const command = (
    group: Group,
    id: string,
    name: string,
    keys: string[],
    run: () => void,
    isEnabled: () => boolean = () => editor.document !== null,
  ): Command => ({ id, name, group, keys, usualKeys: keys, isOffered: true, run, isEnabled });
  const canEdit = () => editor.editable;
  const hasSelection = () => editor.editable && editor.selection.size > 0;
  const hasBrush = () => editor.tools.has("brush") || editor.tools.has("eraser");
  const isDrawing = () => editor.tool?.isBusy ?? false;
  return [
    ...TOOLS.map(({ name, title, key }) => ({
      ...command("Tools", `tool-${name}`, title, [key], () => editor.setTool(name), () => editor.tools.has(name)),
      isOffered: editor.tools.has(name),
    })),
    command("Tools", "finish", "Finish the polygon or line", ["Enter"], () => editor.tool?.finish?.(), isDrawing),
    command("Tools", "step-back", "Take back the last corner", ["Backspace"], () => stepBack(editor), canEdit),
    command("Tools", "brush-smaller", "Smaller brush", ["["], () => editor.resizeBrush(-1), hasBrush),
    command("Tools", "brush-larger", "Larger brush", ["]"], () => editor.resizeBrush(1), hasBrush),
    command("Tools", "skip-point", "Skip a keypoint", ["."], () => skipPoint(editor), () => setsKeypoints(editor)),
    command("Tools", "occluded", "Keypoint occluded, or visible", ["U"], () => toggleOccluded(editor), canEdit),
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
    {
      ...command("View", "hand", "Select, and move the image, while held", ["Space"], () => holdSelect(editor)),
      release: () => letGoOfSelect(editor),
    },
    {
      ...command("View", "hide", "Hide the shapes while held", ["H"], () => hideShapes(editor, true)),
      release: () => hideShapes(editor, false),
    },
    command("View", "fit", "Whole image", ["0"], () => editor.fit()),
    command("View", "actual", "One to one", ["Shift+1"], () => zoomTo(editor, 1)),
    command("View", "zoom-in", "Zoom in", ["+", "="], () => zoomBy(editor, 1.25)),
    command("View", "zoom-out", "Zoom out", ["-"], () => zoomBy(editor, 0.8)),
    command("View", "go-to", "Go to the selected shape", ["G"], () => goTo(editor), () => editor.selection.size > 0),
    ...(editor.task?.classes ?? [])
      .filter(({ archived }) => !archived)
      .map(({ id, name }, i) =>
        command("Classes", `class-${i + 1}`, name, i < 9 ? [String(i + 1)] : [], () => editor.setClass(id), canEdit),
      ),
    command("Images", "previous", "Previous image", ["ArrowLeft"], () => void session.previous(), () => session.hasPrevious),
    command("Images", "next", "Next image", ["ArrowRight"], () => void session.next()),
    command("Images", "complete", "Complete, and next", ["Ctrl+Enter"], () => void session.complete(), canEdit),
    command("Images", "reopen", "Go on with this image", [], () => void session.reopen(), () => session.canReopen),
    command("Help", "palette", "Find a command", ["Ctrl+K", "F1"], () => windows.togglePalette(), () => true),
    command("Help", "shortcuts", "Keys", ["?"], () => windows.toggleKeys(), () => true),
  ];
}

/** What keys and buttons of the mouse do together; they stay as they are. */
export const HELD_KEYS: [key: string, name: string][] = [
  ["Shift", "Freehand, brush, polygon: add to a shape; select: several"],
  ["Alt", "Freehand, brush, polygon: take away; select: remove a corner"],
  ["Wheel", "Zoom at the pointer"],
  ["Alt or Shift, and wheel", "Size of the brush"],
  ["Middle or right button", "Move the image"],
];

const setsKeypoints = (editor: Editor): boolean => editor.editable && editor.tool instanceof KeypointsTool;

function skipPoint(editor: Editor): void {
  if (editor.tool instanceof KeypointsTool) editor.tool.skip();
}

/** The keypoint that was set last while one sets them, else the chosen one of the selected shape. */
function toggleOccluded(editor: Editor): void {
  if (editor.tool instanceof KeypointsTool && editor.tool.toggleOccluded()) return;
  const [shape, ...more] = editor.selected;
  const { vertex } = editor;
  if (!shape || more.length || shape.kind !== "points" || !vertex) {
    return editor.say("Select keypoints and click the one that is hidden by something.", "warning");
  }
  const points = shape.geom.points.map((point, i) =>
    i === vertex.index / 2 ? { ...point, visible: !point.visible } : point,
  );
  editor.commit("occluded or visible", [{ id: shape.id, after: { ...shape, geom: { points } } }]);
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

function hideShapes(editor: Editor, isHidden: boolean): void {
  editor.hidesShapes = isHidden;
  editor.onDraw();
}

function holdSelect(editor: Editor): void {
  const select = editor.tools.get("select")!;
  if (editor.toolBefore || editor.tool === select || editor.tool?.isBusy) return;
  editor.toolBefore = editor.tool;
  editor.tool = select;
  editor.onPanels();
  editor.onDraw();
}

function letGoOfSelect(editor: Editor): void {
  if (!editor.toolBefore) return;
  editor.tool?.cancel();
  editor.tool = editor.toolBefore;
  editor.toolBefore = null;
  editor.hover = null;
  editor.onPanels();
  editor.onDraw();
}

function zoomBy(editor: Editor, factor: number): void {
  const { width, height } = editor.stage;
  editor.setView(zoomed(editor.view, factor, { x: width / 2, y: height / 2 }));
}

function zoomTo(editor: Editor, scale: number): void {
  zoomBy(editor, scale / editor.view.s);
}
