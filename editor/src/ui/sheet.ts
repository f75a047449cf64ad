/** All commands with their keys, made from the table; each key can be changed here. */

import type { Command } from "../command";
import { HELD_KEYS } from "../commands";
import { isModifier, whyNot, withKeys } from "../keychoosing";
import { keyName, keyText } from "../keymap";
import type { Settings } from "../settings";
import { h } from "./dom";

export class ShortcutSheet {
  readonly element = h("dialog", { class: "sheet", "aria-labelledby": "keys-title" });
  /** The command whose new key is waited for. */
  private changing: string | null = null;
  private refusal = "";

  constructor(
    private readonly commands: () => readonly Command[],
    private readonly settings: Settings,
  ) {
    this.element.addEventListener("click", (event) => {
      if (event.target === this.element) this.element.close();
    });
    this.element.addEventListener("keydown", (event) => this.take(event));
    this.element.addEventListener("cancel", (event) => {
      if (this.changing) event.preventDefault();
    });
    this.element.addEventListener("close", () => (this.changing = null));
  }

  toggle(): void {
    if (this.element.open) return this.element.close();
    this.changing = null;
    this.show();
    this.element.showModal();
  }

  private show(): void {
    const groups = new Map<string, Command[]>();
    for (const command of this.commands().filter(({ isOffered }) => isOffered)) {
      groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
    }
    const sections = [...groups].map(([group, commands]) =>
      h("section", {}, h("h3", {}, group), h("ul", {}, ...commands.map((command) => this.row(command)))),
    );
    const fixed = HELD_KEYS.map(([key, name]) => h("li", {}, h("span", {}, name), h("kbd", {}, key)));
    const { scrollTop } = this.element;
    this.element.replaceChildren(
      this.head(),
      h("div", { class: "columns" }, ...sections, h("section", {}, h("h3", {}, "While held"), h("ul", {}, ...fixed))),
    );
    this.element.scrollTop = scrollTop;
  }

  private head(): HTMLElement {
    const close = h("button", { type: "button" }, "Close");
    close.addEventListener("click", () => this.element.close());
    const isUsual = !Object.keys(this.settings.keys).length;
    const reset = h("button", { type: "button", disabled: isUsual }, "All keys as usual");
    reset.addEventListener("click", () => {
      this.settings.replace("keys", {});
      this.refuseNothing();
      close.focus();
    });
    return h(
      "header",
      {},
      h("h2", { id: "keys-title" }, "Keys"),
      h("p", {}, "Press a key's button to change it."),
      reset,
      close,
    );
  }

  private row(command: Command): HTMLElement {
    if (command.id === this.changing) return this.changingRow(command);
    // As they are written, so that they are found by voice too.
    const keys = command.keys.map(keyText).join(" ") || "–";
    const isChanged = command.id in this.settings.keys;
    const button = h(
      "button",
      {
        type: "button",
        class: isChanged ? "key is-changed" : "key",
        "data-key-of": command.id,
        "aria-label": `${command.name}: ${keys}${isChanged ? " (changed)" : ""}. Change it`,
      },
      ...(command.keys.length ? command.keys.flatMap((key) => [" ", h("kbd", {}, keyText(key))]) : ["–"]),
    );
    button.addEventListener("click", () => this.change(command.id));
    return h("li", {}, h("span", {}, command.name), button);
  }

  private changingRow(command: Command): HTMLElement {
    const choice = (words: string, keys: string[] | null) => {
      const button = h("button", { type: "button" }, words);
      button.addEventListener("click", () => this.give(command.id, keys));
      return button;
    };
    const leave = h("button", { type: "button" }, "Leave it");
    leave.addEventListener("click", () => this.done());
    const ear = h("div", { class: "ear", tabindex: 0, role: "group", "aria-label": `New key for ${command.name}` });
    ear.append(h("strong", {}, command.name), " Press the new key.");
    if (this.refusal) ear.append(h("p", { role: "alert" }, this.refusal));
    const usual = command.usualKeys.map(keyText).join(" or ");
    const hasChoice = command.id in this.settings.keys;
    return h("li", { class: "changing" }, ear, hasChoice && choice(usual ? `As usual: ${usual}` : "As usual", null), choice("No key", []), leave);
  }

  private change(id: string, refusal = ""): void {
    this.changing = id;
    this.refusal = refusal;
    this.show();
    this.element.querySelector<HTMLElement>(".ear")!.focus();
  }

  private take(event: KeyboardEvent): void {
    const { changing } = this;
    if (!changing || !(event.target as Element).matches(".ear")) return;
    const key = keyName(event);
    if (isModifier(event) || key === "Tab" || key === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (key === "Escape") return this.done();
    const refusal = whyNot(this.commands(), changing, key);
    if (!refusal) return this.give(changing, [key]);
    this.change(changing, refusal);
  }

  private give(id: string, keys: string[] | null): void {
    const usual = this.commands().find((command) => command.id === id)!.usualKeys;
    const refusal = keys === null ? usual.map((key) => whyNot(this.commands(), id, key)).find(Boolean) : null;
    if (refusal) return this.change(id, refusal);
    this.settings.replace("keys", withKeys(this.commands(), this.settings.keys, id, keys));
    this.done();
  }

  private done(): void {
    const id = this.changing;
    this.refuseNothing();
    this.element.querySelector<HTMLElement>(`[data-key-of="${id}"]`)?.focus();
  }

  private refuseNothing(): void {
    this.changing = null;
    this.refusal = "";
    this.show();
  }
}
