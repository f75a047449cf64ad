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
  private readonly model = h("select", { "aria-label": "Suggestions of this model" });
  private readonly least = h("input", { type: "range", min: 0, max: 95, step: 5, "aria-label": "At least so sure, in percent" });
  private readonly percent = h("output");
  private readonly sure = h("label", { class: "sure" }, "At least", this.least, this.percent);
  private readonly one = h("div", { class: "buttons" });
  private readonly all = h("div", { class: "buttons" });

  constructor(private readonly editor: Editor) {
    const filter = h("div", { class: "filter" }, this.model, this.sure);
    this.element.append(h("h2", {}, "Suggestions ", this.count), filter, this.current, this.one, this.all);
    this.model.addEventListener("change", () => editor.suggestions.show({ model: this.model.value }));
    this.least.addEventListener("input", () => editor.suggestions.show({ least: Number(this.least.value) / 100 }));
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
    const { waiting, undecided, current } = suggestions;
    this.element.hidden = !editable || !document?.data.suggestions.length;
    if (this.element.hidden) return;
    this.updateFilter();
    const isLess = waiting.length < undecided.length;
    this.count.textContent = isLess ? `${waiting.length} of ${undecided.length}` : String(waiting.length);
    this.count.dataset.waiting = String(waiting.length);
    if (!current) {
      const none = isLess ? "None of these; the others are hidden." : "All are decided.";
      this.current.replaceChildren(waiting.length ? "Dashed on the image. Look at one, then decide." : none);
      return;
    }
    const name = task?.classes.find(({ id }) => id === current.class)?.name ?? "?";
    const sure = current.score === null ? "" : ` · ${Math.round(current.score * 100)} %`;
    this.current.replaceChildren(swatch(colorOf(shapeOf(current, 0), style)), ` ${name}${sure} · ${current.model}`);
  }

  /** Only where there is something to choose between. */
  private updateFilter(): void {
    const { filter, models } = this.editor.suggestions;
    const all = this.editor.document!.data.suggestions;
    this.model.hidden = models.length < 2;
    if (this.model.options.length !== models.length + 1 || models.some((name, i) => this.model.options[i + 1].value !== name)) {
      this.model.replaceChildren(h("option", { value: "" }, "All models"), ...models.map((name) => h("option", { value: name }, name)));
    }
    this.model.value = filter.model;
    const isScored = all.some(({ score }) => score !== null);
    this.sure.hidden = !filter.least && (all.length < 2 || !isScored);
    this.least.value = String(Math.round(filter.least * 100));
    this.percent.textContent = `${this.least.value} %`;
  }
}
