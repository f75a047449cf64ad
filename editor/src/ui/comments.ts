/** The comments beside the image: threads, answers, and the place to write. */

import type { Comments, Draft } from "../comments";
import type { Comment, Said } from "../save/api";
import { h } from "./dom";
import { whenText } from "./when";

export class CommentPanel {
  readonly element = h("section", { class: "comments", "aria-label": "Comments" });
  private readonly words = h("textarea", { rows: 3, maxlength: 4000 });
  private readonly about = h("p", { class: "quiet" });
  private readonly send = h("button", { type: "submit", class: "primary" });
  private readonly composer: HTMLFormElement;

  constructor(
    private readonly comments: Comments,
    private readonly leave: () => void,
  ) {
    const discard = button("Discard", () => this.stop(() => comments.discard()));
    this.composer = h("form", { class: "composer" }, this.about, this.words, h("div", { class: "buttons" }, this.send, discard));
    this.composer.addEventListener("submit", (event) => {
      event.preventDefault();
      void comments.send().then((isSent) => isSent && this.leave());
    });
    this.words.addEventListener("input", () => comments.write(this.words.value));
    this.words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.ctrlKey) this.composer.requestSubmit();
      else if (event.key === "Escape") this.stop(() => this.words.value.trim() || comments.discard());
      else return;
      event.preventDefault();
    });
  }

  update(): void {
    const { threads, draft } = this.comments;
    const hadFocus = document.activeElement === this.words;
    const settled = threads.filter((one) => one.settled);
    const number = (one: Comment) => threads.indexOf(one) + 1;
    this.element.hidden = !threads.length && !draft;
    const open = this.comments.opened.length;
    this.element.replaceChildren(
      h("h2", {}, "Comments ", h("span", { class: "count" }, open ? `${open} open` : "")),
      ...threads.filter((one) => !one.settled).map((one) => this.thread(one, number(one))),
    );
    if (settled.length) {
      const isShown = settled.some(({ id }) => id === this.comments.chosen);
      this.element.append(
        h("details", { open: isShown }, h("summary", {}, `Settled (${settled.length})`), ...settled.map((one) => this.thread(one, number(one)))),
      );
    }
    if (draft) this.showComposer(draft);
    if (hadFocus && draft) this.words.focus();
    this.element.querySelector(".is-chosen")?.scrollIntoView({ block: "nearest" });
  }

  /** Somebody is about to write. */
  startWriting(): void {
    this.words.focus();
    this.words.scrollIntoView({ block: "nearest" });
  }

  private showComposer({ place, shape, answerTo, words }: Draft): void {
    const where = place ? `At ${place.map(Math.round).join(", ")}${shape ? ", on a shape" : ""}` : "About the whole image";
    this.about.textContent = where;
    this.about.hidden = answerTo !== null;
    this.send.textContent = answerTo === null ? "Comment" : "Send the answer";
    this.words.setAttribute("aria-label", answerTo === null ? `Comment. ${where}` : "Answer");
    if (this.words.value !== words) this.words.value = words;
    const thread = this.element.querySelector(`[data-comment="${answerTo}"]`);
    (thread ?? this.element).append(this.composer);
  }

  private thread(comment: Comment, number: number): HTMLElement {
    const { id, place, settled, settled_by: by, answers } = comment;
    const goTo = button(String(number), () => this.comments.choose(comment));
    goTo.className = "pin-number";
    goTo.setAttribute("aria-label", `Go to comment ${number} on the image`);
    const settle = button(settled ? "Open again" : "Settled", () => void this.comments.settle(comment));
    const answer = button("Answer", () => this.comments.begin({ place: null, shape: null, answerTo: id }));
    return h(
      "article",
      { class: `thread${id === this.comments.chosen ? " is-chosen" : ""}`, "data-comment": id },
      said(comment, place ? goTo : null),
      ...answers.map((one) => said(one, null)),
      settled && h("p", { class: "quiet" }, `Settled by ${by}`),
      h("div", { class: "buttons" }, answer, settle),
    );
  }

  private stop(act: () => void): void {
    act();
    this.leave();
  }
}

function said({ by, mine, at, words }: Said, before: HTMLElement | null): HTMLElement {
  const who = h("strong", {}, mine ? "You" : by);
  const head = h("p", { class: "who" }, before, who, h("time", { datetime: at }, whenText(at)));
  return h("div", { class: "saying" }, head, h("p", { class: "lines" }, words));
}

function button(words: string, act: () => void): HTMLButtonElement {
  const element = h("button", { type: "button" }, words);
  element.addEventListener("click", act);
  return element;
}
