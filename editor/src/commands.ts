/** Every action of the editor: one table that keys, buttons and the shortcut sheet share. */

import { answerCommands } from "./answers";
import type { Editor } from "./editor";
import type { Command, MakeCommand, Windows } from "./command";
import { commentCommands } from "./commentcommands";
import type { Session } from "./session";
import { historyCommands } from "./historycommands";
import { reshapeCommands } from "./reshapecommands";
import type { Settings } from "./settings";
import { deleteChosen, shapeCommands } from "./shapecommands";
import { suggestionCommands } from "./suggestioncommands";
import { drawAgain } from "./tools/areas";
import { dropRefused } from "./tools/attempt";
import { TOOLS } from "./tools/catalog";
import { KeypointsTool } from "./tools/keypoints";
import { viewCommands } from "./viewing";

/** Classes behind the ninth are found by their names. */
const MOST_KEYS = 9;

export function makeCommands(editor: Editor, session: Session, settings: Settings, windows: Windows): Command[] {
  const hasDocument = () => editor.document !== null;
  const command: MakeCommand = (group, id, name, keys, run, isEnabled = hasDocument) => ({
    ...{ id, name, group, keys, usualKeys: keys, isOffered: true, run, isEnabled },
  });
  const canEdit = () => editor.editable;
  const hasBrush = () => editor.tools.has("brush") || editor.tools.has("eraser");
  const isDrawing = () => editor.refused !== null || !!(editor.tool?.isBusy || editor.tool?.nudge);
  return [
    ...TOOLS.map(({ name, title, key }) => ({
      ...command("Tools", `tool-${name}`, title, [key], () => editor.setTool(name), () => editor.tools.has(name)),
      isOffered: editor.tools.has(name),
    })),
    {
      ...command("Tools", "finish", "Finish the polygon or line", ["Enter"], () => finish(editor), isDrawing),
      isWhileDrawing: true,
    },
    {
      ...command("Tools", "step-back", "Take back the last corner", ["Backspace"], () => stepBack(editor), canEdit),
      isWhileDrawing: true,
    },
    command("Tools", "brush-smaller", "Smaller brush", ["["], () => editor.resizeBrush(-1), hasBrush),
    command("Tools", "brush-larger", "Larger brush", ["]"], () => editor.resizeBrush(1), hasBrush),
    command("Tools", "skip-point", "Skip a keypoint", ["."], () => skipPoint(editor), () => setsKeypoints(editor)),
    command("Tools", "escape", "Cancel, or select nothing", ["Escape"], () => escape(editor)),
    {
      ...command("Shapes", "undo", "Undo", ["Ctrl+Z"], () => editor.changes.undo(), () => canEdit() && editor.changes.canUndo),
      whyNot: () => (canEdit() ? "There is nothing to undo." : null),
    },
    {
      ...command("Shapes", "redo", "Redo", ["Ctrl+Y", "Ctrl+Shift+Z"], () => editor.changes.redo(), () => canEdit() && editor.changes.canRedo),
      whyNot: () => (canEdit() ? "There is nothing to redo." : null),
    },
    ...shapeCommands(editor, session, command),
    ...reshapeCommands(editor, command, () => windows.openSimplify()),
    {
      ...command("Tools", "snap", "Snap to corners and edges while held", ["S"], () => snapTo(editor, true)),
      release: () => snapTo(editor, false),
    },
    ...viewCommands(editor, settings, windows, (...rest) => command("View", ...rest)),
    ...(editor.task?.tools?.length === 0 ? [] : (editor.task?.classes ?? []))
      .filter(({ archived }) => !archived)
      .map(({ id, name }, i) =>
        command("Classes", `class-${i + 1}`, name, i < MOST_KEYS ? [String(i + 1)] : [], () => editor.setClass(id), canEdit),
      ),
    {
      ...command("Classes", "find-class", "Find a class by its name", ["/"], () => windows.findClass(), canEdit),
      isOffered: (editor.task?.classes ?? []).length > MOST_KEYS,
    },
    {
      ...command("View", "others", "Show what others drew on this image", ["Shift+O"], () => windows.toggleOthers()),
      // For reviewers; the server tells labelers of no work but their own.
      isOffered: editor.document ? !editor.document.data.mine : true,
    },
    command("Shapes", "find-shape", "Filter the list of shapes", ["Ctrl+/"], () => windows.findShape()),
    ...answerCommands(editor, command, (part) => windows.answer(part)),
    command("Images", "previous", "Previous image", ["ArrowLeft"], () => void session.previous(), () => session.hasPrevious),
    command("Images", "next", "Next image", ["ArrowRight"], () => void session.next(), () => hasDocument() || session.isMissing),
    command("Images", "complete", "Complete, and next", ["Ctrl+Enter"], () => void session.complete(), canEdit),
    command("Images", "reopen", "Reopen this image", [], () => void session.reopen(), () => session.canReopen),
    command("Images", "give-back", "Skip or report this image", ["Ctrl+Shift+Enter"], () => void session.giveBack(), () => session.canGiveBack),
    ...reviewCommands(editor, windows, command),
    ...suggestionCommands(editor, command),
    ...commentCommands(editor, windows, command),
    ...historyCommands(editor, (act) => windows.inHistory(act), command),
    command("Help", "palette", "Find a command", ["Ctrl+K", "F1"], () => windows.togglePalette(), () => true),
    command("Help", "shortcuts", "Keys", ["?"], () => windows.toggleKeys(), () => true),
  ];
}

/** For reviewers; labelers open no labels but their own. */
function reviewCommands(editor: Editor, windows: Windows, command: MakeCommand): Command[] {
  const canDecide = () => editor.document?.reviewable ?? false;
  const isOffered = editor.document ? !editor.document.data.mine : true;
  return [
    { ...command("Images", "approve", "Approve, and next", ["Alt+Enter"], () => windows.approve(), canDecide), isOffered },
    { ...command("Images", "send-back", "Send back…", ["Alt+Backspace"], () => windows.sendBack(), canDecide), isOffered },
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

function escape(editor: Editor): void {
  if (editor.past) editor.showPast(null);
  else if (editor.tool?.name === "comment") editor.setTool(editor.toolAfterMark);
  else if (editor.tool?.isBusy) editor.tool.cancel();
  else if (dropRefused(editor)) return;
  else if (editor.suggestions.current) editor.suggestions.choose(null);
  else editor.select([]);
}

function finish(editor: Editor): void {
  if (editor.tool?.isBusy || editor.tool?.nudge) editor.tool.finish?.();
  else if (editor.refused) drawAgain(editor);
}

function stepBack(editor: Editor): void {
  if (!editor.tool?.undoStep?.()) editor.changes.inTurn(() => deleteChosen(editor));
  editor.onDraw();
}

function snapTo(editor: Editor, isOn: boolean): void {
  editor.snaps = isOn;
  editor.snap = null;
  editor.onDraw();
}
