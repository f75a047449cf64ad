/** The part of the panel for what models suggest. */

import type { Command } from "../command";
import type { Editor } from "../editor";
import { colorOf } from "../paint/style";
import { shapeOf } from "../suggestions";
import { h, swatch } from "./dom";

const FOR_ONE = ["accept-suggestion", "correct-suggestion", "reject-suggestion"];
const FOR_ALL = ["previous-suggestion", "next-suggestion", "accept-suggestions", "reject-suggestions"];
/** Longer ones are said in the title: they would not fit. */
const LONGEST_KEY = 1;
const WORDS: Record<string, string> = {
  "accept-suggestion": "Accept",
  "correct-suggestion": "Correct",
  "reject-suggestion": "Reject",
  "previous-suggestion": "Previous",
  "next-suggestion": "Next",
  "accept-suggestions": "Accept all",
  "reject-suggestions": "Reject all",
};

export class SuggestionPanel {
  readonly element = h("section", { class: "suggestions", "aria-label": "Suggestions" });
  private readonly count = h("span", { class: "count" });
  private readonly current = h("p", { class: "current", "aria-live": "polite" });
  private readonly one = h("div", { class: "buttons" });
  private readonly all = h("div", { class: "buttons" });

  constructor(private readonly editor: Editor) {
    this.element.append(h("h2", {}, "Suggestions ", this.count), this.current, this.one, this.all);
  }

  setCommands(commands: readonly Command[]): void {
    const buttons = (ids: string[]) =>
      ids.flatMap((id) => {
        const command = commands.find((one) => one.id === id);
        if (!command) return [];
        const [key] = command.keys;
        const title = key ? `${command.name} (${key})` : command.name;
        const button = h("button", { type: "button", "data-command": id, title }, WORDS[id], key?.length <= LONGEST_KEY ? h("kbd", {}, key) : null);
        button.addEventListener("click", () => command.run());
        return [button];
      });
    this.one.replaceChildren(...buttons(FOR_ONE));
    this.all.replaceChildren(...buttons(FOR_ALL));
  }

  update(): void {
    const { suggestions, document, task, style, editable } = this.editor;
    const { waiting, current } = suggestions;
    this.element.hidden = !editable || !document?.data.suggestions.length;
    if (this.element.hidden) return;
    this.count.textContent = String(waiting.length);
    this.count.dataset.waiting = String(waiting.length);
    if (!current) {
      this.current.replaceChildren(waiting.length ? "Dashed on the image. Look at one, then decide." : "All are decided.");
      return;
    }
    const name = task?.classes.find(({ id }) => id === current.class)?.name ?? "?";
    const sure = current.score === null ? "" : ` · ${Math.round(current.score * 100)} %`;
    this.current.replaceChildren(swatch(colorOf(shapeOf(current, 0), style)), ` ${name}${sure} · ${current.model}`);
  }
}
