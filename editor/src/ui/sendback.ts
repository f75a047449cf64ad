/** The window in which a reviewer says what should be better. */

import type { Comments } from "../comments";
import type { Editor } from "../editor";
import { keyName } from "../keymap";
import type { Reviewing } from "../reviewing";
import { h } from "./dom";

/** As long as the server takes. */
const LONGEST = 4000;

export class SendBackWindow {
  readonly element = h("dialog", { class: "send-back", "aria-labelledby": "send-back-title" });
  private readonly title = h("h2", { id: "send-back-title" });
  /** The label that the words are about: they stay until it was sent back. */
  private about: number | null = null;
  private readonly words = h("textarea", { id: "send-back-words", rows: 4, maxlength: LONGEST, required: true });

  constructor(
    private readonly editor: Editor,
    private readonly comments: Comments,
    private readonly reviewing: Reviewing,
    onDone: () => void,
  ) {
    const send = h("button", { type: "submit", class: "primary" }, "Send back");
    const cancel = h("button", { type: "button" }, "Cancel");
    const label = h("label", { for: "send-back-words" }, "What should be better?");
    const form = h("form", {}, this.title, label, this.words, h("footer", {}, send, cancel));
    this.element.append(form);
    cancel.addEventListener("click", () => this.element.close());
    form.addEventListener("submit", (event) => this.send(event));
    this.words.addEventListener("input", () => this.words.setCustomValidity(""));
    this.words.addEventListener("keydown", (event) => {
      if (keyName(event) === "Ctrl+Enter") form.requestSubmit();
    });
    this.element.addEventListener("close", onDone);
  }

  open(): void {
    const { document } = this.editor;
    if (!document?.reviewable) return;
    this.title.textContent = `Send back to ${document.data.labeler}`;
    if (this.about !== document.data.id || !this.words.value.trim()) this.words.value = this.firstWords;
    this.about = document.data.id;
    this.element.showModal();
    this.words.select();
  }

  private get firstWords(): string {
    const marked = this.comments.opened.length;
    return marked ? `Please look at the ${marked === 1 ? "comment" : "comments"} on the image.` : "";
  }

  private send(event: SubmitEvent): void {
    event.preventDefault();
    const words = this.words.value.trim();
    if (!words) {
      this.words.setCustomValidity("Say in a sentence what should be better.");
      this.words.reportValidity();
      return;
    }
    this.element.close();
    void this.reviewing.sendBack(words);
  }
}
