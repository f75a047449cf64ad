/** Every command by a few letters of its name. */

import type { Command } from "../command";
import { keyText } from "../keymap";
import { h, icon } from "./dom";
import { OTHER_WORDS } from "./otherwords";

/** Before a word. */
const BREAK = "(?:^|[^\\p{L}\\p{N}])";

/** How well a name, or else other words for it, fits what was typed: lower is better, null is not at all. */
export function fit(name: string, typed: string, others = ""): number | null {
  let sum = 0;
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const score = fitOfWord(name.toLowerCase(), word) ?? (begins(others, word) < 0 ? null : 1.5);
    if (score === null) return null;
    sum += score;
  }
  return sum;
}

function fitOfWord(text: string, word: string): number | null {
  const at = begins(text, word);
  if (at >= 0) return at === 0 ? 0 : 1;
  if (text.includes(word)) return 2;
  return isAbbreviation(text, word) ? 4 : null;
}

const begins = (text: string, word: string): number => text.search(new RegExp(BREAK + escaped(word), "u"));

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** Are these the beginnings of words, as "zin" of "zoom in"? Letters anywhere would fit everything. */
const isAbbreviation = (text: string, letters: string): boolean =>
  new RegExp(BREAK + [...letters].map(escaped).join(`(?:.*${BREAK})?`), "u").test(text);

/** The best first; what is not possible now comes after what fits as well, and never makes way for what fits worse. */
export function ranked(commands: readonly Command[], typed: string): Command[] {
  const rated = commands.flatMap((command) => {
    const score = fit(`${command.name} ${command.group}`, typed, OTHER_WORDS[command.id]);
    return score === null ? [] : [{ command, score: score + (command.isEnabled() ? 0 : typed.trim() ? 0.25 : 100) }];
  });
  return rated.sort((a, b) => a.score - b.score).map(({ command }) => command);
}

/** People look for what they had to do elsewhere. */
const nothingFor = (typed: string): string =>
  /^\s*sav/i.test(typed) ? "Everything you draw is saved by itself; the bar above the image says so." : "Nothing is called so.";

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
  private readonly note = h("p", { role: "status" });
  private found: Command[] = [];
  private active = 0;

  constructor(private readonly commands: () => readonly Command[]) {
    this.element.append(this.input, this.list, this.note);
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
    const offered = this.commands().filter(({ id, isOffered, release }) => isOffered && !release && id !== "palette");
    this.found = ranked(offered, typed);
    this.active = 0;
    this.note.textContent = "";
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
    this.list.replaceChildren(...(items.length ? items : [h("li", { class: "none" }, nothingFor(this.input.value))]));
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
    if (!command) return;
    if (!command.isEnabled()) {
      this.note.textContent = `${command.name}: ${command.whyNot?.() ?? "That is not possible now."}`;
      return;
    }
    this.element.close();
    command.run();
  }
}
