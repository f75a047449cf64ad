/** The sheet of keys, made from the table of commands. */

import { HELD_KEYS, type Command } from "../commands";
import { h } from "./dom";

const ARROWS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

export const keyText = (key: string): string =>
  key.replace(/Arrow\w+$/, (arrow) => ARROWS[arrow]).replace("Escape", "Esc").replace("Delete", "Del");

export class ShortcutSheet {
  readonly element = h("dialog", { class: "sheet", "aria-label": "Keys" });

  constructor(private readonly commands: () => Command[]) {
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close();
    });
  }

  toggle(): void {
    if (this.element.open) return this.element.close();
    const groups = new Map<string, [string, string][]>();
    for (const { group, name, keys } of this.commands()) {
      if (keys.length) groups.set(group, [...(groups.get(group) ?? []), [name, keys.map(keyText).join("  ")]]);
    }
    groups.set("While held", HELD_KEYS.map(([key, name]) => [name, key]));
    const close = h("button", { type: "button", class: "quiet", "aria-label": "Close" }, "Close");
    close.addEventListener("click", () => this.element.close());
    const lists = [...groups].map(([group, rows]) =>
      h(
        "section",
        {},
        h("h3", {}, group),
        h("dl", {}, ...rows.flatMap(([name, keys]) => [h("dt", {}, name), h("dd", {}, h("kbd", {}, keys))])),
      ),
    );
    this.element.replaceChildren(
      h("header", {}, h("h2", {}, "Keys"), close),
      h("div", { class: "columns" }, ...lists),
    );
    this.element.showModal();
  }
}
