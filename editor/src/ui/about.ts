/** What is to be done: the instructions, and examples of good and bad work. */

import { recall, remember } from "../remembering";
import type { Example, TaskData } from "../save/api";
import { h, icon } from "./dom";

const VERDICTS = { good: "Good", bad: "Bad" } as const;

export class About {
  readonly element = h("section", { class: "about", "aria-label": "What to do" });
  private readonly large = h("dialog", { class: "large-example", "aria-label": "Example" });
  private examples: Example[] = [];
  private at = 0;

  constructor() {
    this.large.addEventListener("keydown", (event) => this.onKey(event));
    this.large.addEventListener("click", ({ target }) => {
      if (target === this.large) this.large.close();
    });
  }

  open(task: TaskData | null): void {
    this.examples = task?.examples ?? [];
    const words = h("div", { class: "words" });
    // The server made it from Markdown and let nothing through that is not text, lists and links.
    words.innerHTML = task?.instructions ?? "";
    const figures = h("div", { class: "examples" }, ...this.examples.map((example, i) => this.figure(example, i)));
    this.element.replaceChildren(
      part("instructions", "Instructions", words),
      ...(this.examples.length ? [part("examples", `Examples (${this.examples.length})`, figures)] : []),
      this.large,
    );
  }

  private figure(example: Example, at: number): HTMLElement {
    const picture = h("img", { src: example.thumbnail, alt: "", loading: "lazy" });
    const button = h("button", { type: "button", class: "example" }, picture, badge(example), h("span", {}, example.title));
    button.addEventListener("click", () => this.show(at));
    return button;
  }

  private show(at: number): void {
    const { title, description, url, verdict } = this.examples[at];
    this.at = at;
    const step = (by: number, name: string, sign: string) => {
      const button = h("button", { type: "button", "aria-label": name, title: name }, icon(sign));
      button.disabled = !this.examples[at + by];
      button.addEventListener("click", () => this.show(at + by));
      return button;
    };
    const close = h("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.large.close());
    this.large.replaceChildren(
      h(
        "header",
        {},
        badge(this.examples[at]),
        h("h2", {}, title),
        step(-1, "Previous example", "previous"),
        step(1, "Next example", "next"),
        close,
      ),
      h("img", { src: url, alt: verdict ? `${VERDICTS[verdict]} example: ${title}` : title }),
      h("p", {}, description),
    );
    if (!this.large.open) this.large.showModal();
    close.focus();
  }

  private onKey(event: KeyboardEvent): void {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    event.stopPropagation();
    if (by && this.examples[this.at + by]) this.show(this.at + by);
  }
}

function badge({ verdict }: Example): HTMLElement | false {
  return verdict !== "" && h("span", { class: `verdict ${verdict}` }, icon(verdict), VERDICTS[verdict]);
}

/** A part that stays open or closed from image to image. */
function part(name: string, title: string, content: HTMLElement): HTMLElement {
  const details = h("details", { open: recall(`open ${name}`) !== "0" }, h("summary", {}, title), content);
  details.addEventListener("toggle", () => remember(`open ${name}`, Number(details.open)));
  return details;
}
