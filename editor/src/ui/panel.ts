/** The panel beside the image: what the reviewer said, classes, shapes, instructions. */

import type { Command } from "../command";
import type { Editor } from "../editor";
import { About } from "./about";
import { Actions } from "./actions";
import { Answers } from "./answers";
import type { Comments } from "../comments";
import { CommentPanel } from "./comments";
import { ClassPalette } from "./classes";
import { h } from "./dom";
import { ShapeList } from "./shapelist";
import { SuggestionPanel } from "./suggestions";

export class Panel {
  private readonly comment = h("section", { class: "comment", "aria-label": "What the reviewer said", hidden: true });
  private readonly about = new About();
  readonly comments: CommentPanel;
  readonly classes: ClassPalette;
  readonly answers: Answers;
  private readonly actions: Actions;
  private readonly suggestions: SuggestionPanel;
  readonly shapes: ShapeList;

  /** `leave` gives the keys back to the image. */
  constructor(
    private readonly editor: Editor,
    readonly element: HTMLElement,
    keyOf: (commandId: string) => string | undefined,
    leave: () => void,
    comments: Comments,
  ) {
    this.classes = new ClassPalette(editor, keyOf, leave);
    this.shapes = new ShapeList(editor, leave);
    this.answers = new Answers(editor, keyOf, leave);
    this.actions = new Actions(editor);
    this.suggestions = new SuggestionPanel(editor);
    this.comments = new CommentPanel(comments, leave);
    const { image, shapes } = this.answers;
    // First what one needs for every shape; what comes and goes with the selection is below the list in which one selects.
    const parts = [this.classes, this.comments, this.suggestions, image, this.shapes, shapes, this.actions, this.about];
    this.element.append(this.comment, ...parts.map(({ element }) => element));
  }

  setCommands(commands: readonly Command[]): void {
    this.actions.setCommands(commands);
    this.suggestions.setCommands(commands);
  }

  /** A label was opened. */
  open(): void {
    const { document, task } = this.editor;
    const words = document?.data.comment;
    this.comment.hidden = !words;
    this.comment.replaceChildren(h("h2", {}, "Sent back: please improve"), h("p", {}, words ?? ""));
    this.about.open(task);
    this.classes.open();
    this.shapes.open();
    this.update();
  }

  update(): void {
    this.answers.update();
    this.classes.update();
    this.shapes.update();
    this.actions.update();
    this.suggestions.update();
    // Where nothing is drawn, there is nothing to choose for it.
    const { task, document } = this.editor;
    const draws = !task || task.tools.length > 0 || (document?.store.shapes.size ?? 0) > 0;
    this.element.classList.toggle("without-shapes", !draws);
  }
}
