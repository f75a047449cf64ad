/** Commands for the past of the label. */

import type { Editor } from "./editor";
import type { Command, MakeCommand, Windows } from "./command";

export function historyCommands(editor: Editor, inHistory: Windows["inHistory"], command: MakeCommand): Command[] {
  const isPast = () => editor.past !== null;
  const canRestore = () => isPast() && (editor.document?.editable ?? false);
  return [
    command("History", "history", "History", ["Shift+H"], () => inHistory((timeline) => timeline.toggle())),
    command("History", "older", "One step back in history", ["Shift+PageDown"], () => inHistory((timeline) => timeline.step(1))),
    command("History", "newer", "One step forward in history", ["Shift+PageUp"], () => inHistory((timeline) => timeline.step(-1)), isPast),
    command("History", "restore", "Restore this revision", ["Shift+Enter"], () => inHistory((timeline) => timeline.restore()), canRestore),
    command("History", "now", "Back to now", [], () => inHistory((timeline) => timeline.leave()), isPast),
  ];
}
