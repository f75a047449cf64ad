/** The commands for comments. */

import type { Command, MakeCommand, Windows } from "./command";
import type { Comments } from "./comments";
import type { Editor } from "./editor";

export function commentCommands(editor: Editor, windows: Windows, command: MakeCommand): Command[] {
  const hasOpen = () => windows.hasOpenComments;
  const about = (comments: Comments) => {
    const [shape, ...more] = editor.selected;
    if (shape && !more.length) comments.markShape(shape);
    else comments.begin({ place: null, shape: null, answerTo: null });
  };
  return [
    command("Comments", "say", "Comment on the selected shape, or on the whole image", ["Shift+T"], () => windows.inComments(about)),
    command("Comments", "next-comment", "Next comment", ["J"], () => windows.inComments((comments) => comments.step(1)), hasOpen),
    command("Comments", "previous-comment", "Previous comment", ["Shift+J"], () => windows.inComments((comments) => comments.step(-1)), hasOpen),
  ];
}
