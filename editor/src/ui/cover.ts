/** Lies on the stage while there is nothing to draw on: says why, and how far it is. */

import type { Wait } from "../waiting";
import { h } from "./dom";

export class Cover {
  private readonly words = h("p", { role: "status" });
  private readonly progress = h("progress", { max: 100, "aria-label": "Prepared" });
  private readonly percent = h("span", { class: "percent", "aria-hidden": "true" });
  private readonly bar = h("div", { class: "how-far", hidden: true }, this.progress, this.percent);
  private readonly ways = h("div", { class: "ways" });
  private readonly picture = h("img", { alt: "", hidden: true });
  readonly element = h("div", { class: "cover" }, this.picture, h("div", { class: "said" }, this.words, this.bar, this.ways));

  constructor() {
    // There may be no small picture yet.
    this.picture.addEventListener("error", () => (this.picture.hidden = true));
    this.picture.addEventListener("load", () => (this.picture.hidden = false));
  }

  /** `ways` are what else can be done than wait. */
  show(words: string, wait: Wait | undefined, ways: HTMLElement[]): void {
    // The very buttons stay: one of them may have the focus.
    if (namesOf(ways) !== namesOf([...this.ways.children])) this.ways.replaceChildren(...ways);
    // Read aloud when it changes, not every second.
    if (this.words.textContent !== words) this.words.textContent = words;
    this.bar.hidden = !wait;
    if (!wait) this.picture.hidden = true;
    else if (!this.picture.src.endsWith(wait.thumbnail)) this.picture.src = wait.thumbnail;
    else if (this.picture.naturalWidth) this.picture.hidden = false;
    if (wait?.percent == null) this.progress.removeAttribute("value");
    else this.progress.value = wait.percent;
    this.percent.textContent = wait ? (wait.percent === null ? "waiting for a worker" : `${wait.percent} %`) : "";
    this.element.hidden = false;
  }

  hide(): void {
    this.element.hidden = true;
    this.words.textContent = "";
  }
}

const namesOf = (buttons: Element[]) => buttons.map((button) => button.ariaLabel).join();
