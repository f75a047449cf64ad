/** Every command by a few letters of its name. */

import type { Command } from "../commands";
import { keyText } from "../keymap";
import { h, icon } from "./dom";

/** How well a name fits what was typed: lower is better, null is not at all. */
export function fit(name: string, typed: string): number | null {
  const text = name.toLowerCase();
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  let sum = 0;
  for (const word of words) {
    const begins = text.search(new RegExp(`(^|[^\\p{L}\\p{N}])${escaped(word)}`, "u"));
    if (begins === 0) continue;
    if (begins > 0) sum += 1;
    else if (text.includes(word)) sum += 2;
    else if (isScattered(text, word)) sum += 4;
    else return null;
  }
  return sum;
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** Are the letters there in this order, as in "zin" for "zoom in"? */
function isScattered(text: string, letters: string): boolean {
  let at = -1;
  return [...letters].every((letter) => (at = text.indexOf(letter, at + 1)) >= 0);
}

export class Palette {
  readonly element = h("dialog", { class: "palette", "aria-label": "Find a command" });
  private readonly input = h("input", {
    type: "text",
    role: "combobox",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    "aria-autocomplete": "list",
    "aria-label": "Find a command",
    placeholder: "What do you want to do?",
    autocomplete: "off",
    spellcheck: "false",
  });
  private readonly list = h("ul", { id: "palette-list", role: "listbox", "aria-label": "Commands" });
  private found: Command[] = [];
  private active = 0;

  constructor(private readonly commands: () => readonly Command[]) {
    this.element.append(this.input, this.list);
    this.input.addEventListener("input", () => this.find());
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("click", (event) => {
      const item = (event.target as Element).closest<HTMLElement>("[role=option]");
      if (item) this.run(this.found[Number(item.dataset.index)]);
      else if (event.target === this.element) this.element.close();
    });
  }

  toggle(): void {
    if (this.element.open) return this.element.close();
    this.input.value = "";
    this.find();
    this.element.showModal();
    this.list.scrollTop = 0;
  }

  private find(): void {
    const typed = this.input.value;
    const rated = this.commands()
      .filter(({ id, isOffered, release }) => isOffered && !release && id !== "palette")
      .flatMap((command) => {
        const score = fit(`${command.name} ${command.group}`, typed);
        // What is not possible now comes last, so that Enter does something.
        return score === null ? [] : [{ command, score: score + (command.isEnabled() ? 0 : 100) }];
      });
    this.found = rated.sort((a, b) => a.score - b.score).map(({ command }) => command);
    this.active = 0;
    this.show();
  }

  private show(): void {
    const items = this.found.map((command, i) =>
      h(
        "li",
        {
          id: `palette-${i}`,
          role: "option",
          "data-index": i,
          "data-command-id": command.id,
          "aria-selected": String(i === this.active),
          "aria-disabled": command.isEnabled() ? null : "true",
        },
        icon(command.id.replace("tool-", "")),
        h("span", { class: "name" }, command.name),
        h("span", { class: "group" }, command.group),
        ...command.keys.slice(0, 1).map((key) => h("kbd", {}, keyText(key))),
      ),
    );
    this.list.replaceChildren(...(items.length ? items : [h("li", { class: "none" }, "Nothing is called so.")]));
    if (items.length) this.input.setAttribute("aria-activedescendant", `palette-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
    items[this.active]?.scrollIntoView({ block: "nearest" });
  }

  private key(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    const isToggle = (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) || event.key === "F1";
    if (step && this.found.length) {
      const last = this.found.length - 1;
      const isEnd = this.active + step < 0 || this.active + step > last;
      const wrapped = step > 0 ? (this.active === last ? 0 : last) : this.active === 0 ? last : 0;
      this.active = isEnd ? wrapped : this.active + step;
      this.show();
    } else if (event.key === "Enter") {
      this.run(this.found[this.active]);
    } else if (isToggle) {
      this.element.close();
    } else {
      return;
    }
    event.preventDefault();
  }

  private run(command: Command | undefined): void {
    if (!command?.isEnabled()) return;
    this.element.close();
    command.run();
  }
}
