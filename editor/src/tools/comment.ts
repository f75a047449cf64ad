/** One click marks the place that a comment is about; nothing is drawn by it. */

import type { Editor } from "../editor";
import type { Pointer, Tool } from "./tool";

export class CommentTool implements Tool {
  readonly name = "comment";
  readonly cursor = "crosshair";
  readonly isBusy = false;
  readonly isHarmless = true;
  readonly hint = "Click the place that you want to say something about. Esc goes back.";

  constructor(private readonly editor: Editor) {}

  down(): void {}

  move(): void {}

  /** When the pointer is let go, because pressing it takes the focus to the image. */
  up({ at }: Pointer): void {
    const { width, height } = this.editor.ground;
    if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) {
      return this.editor.say("That is outside the image.", "warning");
    }
    this.editor.onMark(at, this.editor.shapeAt(at));
  }

  cancel(): void {}

  draw(): void {}
}
