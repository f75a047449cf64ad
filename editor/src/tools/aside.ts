/** What is half drawn waits while another tool is used, in the class in which it was begun. */

import type { Editor } from "../editor";

export class Aside {
  private label: number | null = null;

  constructor(private readonly editor: Editor) {}

  /** Another tool is taken up. */
  put(): void {
    this.label = this.editor.activeClass;
    this.editor.say("What you began to draw is kept: choose its tool again to go on.");
  }

  /** The tool is taken up again. */
  take(): void {
    if (this.label !== null) this.editor.activeClass = this.label;
    this.label = null;
  }

  /** It was put aside by an earlier page. */
  putBefore(label: number | null): void {
    this.label = label;
  }

  /** The class in which it was begun. */
  get begunIn(): number | null {
    return this.label ?? this.editor.activeClass;
  }

  forget(): void {
    this.label = null;
  }

  /** The colour of what is half drawn, also while another class is drawn. */
  get color(): string {
    return this.editor.labelClass(this.label)?.color ?? this.editor.activeColor;
  }
}
