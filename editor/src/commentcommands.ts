/** The commands for comments. */

import type { Command } from "./commands";
import type { Comments } from "./comments";
import type { Editor } from "./editor";
import type { MakeCommand } from "./shapecommands";

export function commentCommands(editor: Editor, comments: Comments, command: MakeCommand): Command[] {
  const hasOpen = () => (comments.opened?.length ?? 0) > 0;
  const about = () => {
    const [shape, ...more] = editor.selected;
    if (shape && !more.length) comments.markShape(shape);
    else comments.begin({ place: null, shape: null, answerTo: null });
  };
  return [
    command("Comments", "say", "Comment on the selected shape, or on the whole image", ["Shift+T"], about),
    command("Comments", "next-comment", "Next comment", ["J"], () => comments.step(1), hasOpen),
    command("Comments", "previous-comment", "Previous comment", ["Shift+J"], () => comments.step(-1), hasOpen),
  ];
}
