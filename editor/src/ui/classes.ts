/** The classes to draw with: how many of each there are, their keys, and a search where they are many. */

import type { Editor } from "../editor";
import { keyText } from "../keymap";
import { patternPath } from "../paint/style";
import type { LabelClass } from "../save/api";
import { h, swatch } from "./dom";

/** So many one finds by looking; the first nine have keys. */
const FEW = 9;

export class ClassPalette {
  readonly element = h("section", { class: "classes", "aria-label": "Classes" });
  private readonly search = h("input", {
    type: "search",
    class: "search",
    placeholder: "Find a class",
    "aria-label": "Find a class",
    autocomplete: "off",
    spellcheck: "false",
  });
  private readonly buttons = h("div", { role: "group", "aria-label": "Classes" });
  private readonly nothing = h("p", { class: "quiet", role: "status", hidden: true }, "No class has such a name.");
  private shown = "";

  constructor(
    private readonly editor: Editor,
    private readonly keyOf: (commandId: string) => string | undefined,
    private readonly leave: () => void,
  ) {
    this.element.append(h("h2", {}, "Classes"), this.search, this.buttons, this.nothing);
    this.search.addEventListener("input", () => this.update());
    this.search.addEventListener("keydown", (event) => this.onKey(event));
    this.buttons.addEventListener("click", (event) => this.choose(event.target as Element));
    this.buttons.addEventListener("keydown", (event) => this.step(event));
  }

  /** Another label: nobody searches on. */
  open(): void {
    this.search.value = "";
  }

  get canSearch(): boolean {
    return this.offered(this.counts).length > FEW;
  }

  startSearch(): void {
    this.search.focus();
    this.search.select();
  }

  update(): void {
    const { editor } = this;
    const counts = this.counts;
    const offered = this.offered(counts);
    this.search.hidden = offered.length <= FEW;
    const wanted = this.search.hidden ? "" : this.search.value.trim().toLowerCase();
    const numbers = new Map(offered.filter(({ archived }) => !archived).map(({ id }, i) => [id, i + 1]));
    const found = offered.filter(({ name }) => name.toLowerCase().includes(wanted));
    const keys = found.map(({ id }) => this.keyOf(`class-${numbers.get(id)}`));
    const shown = JSON.stringify([found, keys, editor.style.patterns, [...counts], editor.activeClass, editor.editable]);
    if (shown === this.shown) return;
    this.shown = shown;
    this.nothing.hidden = !wanted || found.length > 0;
    const { activeElement } = document;
    const focused = this.buttons.contains(activeElement) ? (activeElement as HTMLElement).dataset.class : null;
    this.buttons.replaceChildren(...found.map((label, i) => this.button(label, counts.get(label.id) ?? 0, keys[i])));
    if (focused) this.buttons.querySelector<HTMLElement>(`[data-class="${focused}"]`)?.focus();
  }

  private get counts(): Map<number, number> {
    const counts = new Map<number, number>();
    for (const shape of this.editor.document?.store.shapes.values() ?? []) {
      counts.set(shape.class, (counts.get(shape.class) ?? 0) + 1);
    }
    return counts;
  }

  private offered(counts: Map<number, number>): LabelClass[] {
    return (this.editor.task?.classes ?? []).filter(({ id, archived }) => !archived || counts.has(id));
  }

  private button({ id, name, color, archived }: LabelClass, count: number, key: string | undefined): HTMLElement {
    const { editor } = this;
    return h(
      "button",
      {
        type: "button",
        class: "class-button",
        "data-class": id,
        "aria-pressed": String(id === editor.activeClass),
        disabled: archived || !editor.editable,
      },
      swatch(color, patternPath(id, editor.style)),
      h("span", { class: "name", title: name }, archived ? `${name} (archived)` : name),
      h("span", { class: "count" }, String(count)),
      key !== undefined && h("kbd", {}, keyText(key)),
    );
  }

  private choose(element: Element): void {
    const id = element.closest<HTMLElement>("[data-class]")?.dataset.class;
    if (id) this.editor.setClass(Number(id));
  }

  /** Enter takes the first that was found, and one goes on drawing. */
  private onKey(event: KeyboardEvent): void {
    const first = this.buttons.querySelector<HTMLButtonElement>("button:not(:disabled)");
    if (event.key === "ArrowDown") first?.focus();
    else if (event.key === "Enter" && first) this.choose(first);
    else if (event.key !== "Escape" && event.key !== "Enter") return;
    event.preventDefault();
    if (event.key === "ArrowDown" || (event.key === "Enter" && !first)) return;
    this.search.value = "";
    this.update();
    this.leave();
  }

  /** Up and down go from class to class, as in any list. */
  private step(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    const all = [...this.buttons.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
    const next = all[all.indexOf(event.target as HTMLButtonElement) + by];
    if (next) next.focus();
    else if (by < 0 && !this.search.hidden) this.search.focus();
  }
}
