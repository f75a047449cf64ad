/** Commands for the past of the label. */

import type { Editor } from "./editor";
import type { MakeCommand } from "./shapecommands";
import type { TimeLine } from "./timeline";
import type { Command } from "./commands";

export function historyCommands(editor: Editor, timeline: TimeLine, command: MakeCommand): Command[] {
  const canRestore = () => editor.past !== null && (editor.document?.editable ?? false);
  return [
    command("History", "history", "History", ["Shift+H"], () => void timeline.toggle()),
    command("History", "older", "One step back in history", ["Shift+PageDown"], () => void timeline.step(1)),
    command("History", "newer", "One step forward in history", ["Shift+PageUp"], () => void timeline.step(-1), () => editor.past !== null),
    command("History", "restore", "Restore this revision", ["Shift+Enter"], () => timeline.restore(), canRestore),
    command("History", "now", "Back to now", [], () => timeline.leave(), () => editor.past !== null),
  ];
}
