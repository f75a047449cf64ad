/** The panel beside the image: what the reviewer said, classes, shapes, instructions. */

import type { Editor } from "../editor";
import { keyText } from "../keymap";
import { patternPath } from "../paint/style";
import { h, icon, swatch } from "./dom";
import { Actions } from "./actions";
import { ShapeList } from "./shapelist";

export class Panel {
  readonly element = h("aside", { class: "panel", "aria-label": "Classes and shapes" });
  private readonly comment = h("section", { class: "comment", "aria-label": "What the reviewer said" });
  private readonly classes = h("section", { class: "classes" });
  private readonly about = h("section", { class: "about" });
  readonly actions: Actions;
  private readonly shapes: ShapeList;
  private shownClasses = "";

  constructor(
    private readonly editor: Editor,
    private readonly keyOf: (commandId: string) => string | undefined,
  ) {
    this.shapes = new ShapeList(editor);
    this.actions = new Actions(editor);
    this.element.append(this.comment, this.classes, this.shapes.element, this.actions.element, this.about);
  }

  /** A label was opened. */
  open(): void {
    const { document, task } = this.editor;
    const words = document?.data.comment;
    this.comment.hidden = !words;
    this.comment.replaceChildren(h("h2", {}, "Sent back: please improve"), h("p", {}, words ?? ""));
    const examples = (task?.examples ?? []).map(({ title, description, url }) => {
      const link = h("a", { href: url, target: "_blank", rel: "noopener" }, h("img", { src: url, alt: title, loading: "lazy" }));
      return h("figure", {}, link, h("figcaption", {}, h("strong", {}, title), " ", description));
    });
    this.about.replaceChildren(
      h("details", { open: true }, h("summary", {}, "Instructions"), h("p", { class: "lines" }, task?.description ?? "")),
      ...(examples.length ? [h("details", {}, h("summary", {}, `Examples (${examples.length})`), ...examples)] : []),
    );
    this.update();
  }

  update(): void {
    this.showClasses();
    this.shapes.update();
    this.actions.update();
  }

  private showClasses(): void {
    const { editor } = this;
    const counts = new Map<number, number>();
    for (const shape of editor.document?.store.shapes.values() ?? []) {
      counts.set(shape.class, (counts.get(shape.class) ?? 0) + 1);
    }
    const offered = (editor.task?.classes ?? []).filter(({ id, archived }) => !archived || counts.has(id));
    const numbers = new Map(offered.filter(({ archived }) => !archived).map(({ id }, i) => [id, i + 1]));
    const keys = offered.map(({ id }) => this.keyOf(`class-${numbers.get(id)}`));
    const shown = JSON.stringify([offered, keys, editor.style.patterns, [...counts], editor.activeClass, editor.editable]);
    if (shown === this.shownClasses) return;
    this.shownClasses = shown;
    const buttons = offered.map(({ id, name, color, archived }, i) => {
      const button = h(
        "button",
        {
          type: "button",
          class: "class-button",
          "data-class": id,
          "aria-pressed": String(id === editor.activeClass),
          disabled: archived || !editor.editable,
        },
        swatch(color, patternPath(id, editor.style)),
        h("span", { class: "name" }, archived ? `${name} (archived)` : name),
        h("span", { class: "count" }, String(counts.get(id) ?? 0)),
        keys[i] !== undefined && h("kbd", {}, keyText(keys[i])),
      );
      button.addEventListener("click", () => editor.setClass(id));
      return button;
    });
    const hadFocus = this.classes.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.class
      : null;
    this.classes.replaceChildren(h("h2", {}, "Classes"), h("div", { role: "group", "aria-label": "Classes" }, ...buttons));
    if (hadFocus) this.classes.querySelector<HTMLElement>(`[data-class="${hadFocus}"]`)?.focus();
  }
}

export function panelToggle(root: HTMLElement): HTMLButtonElement {
  const button = h("button", { type: "button", class: "panel-toggle", title: "Show or hide the panel", "aria-label": "Show or hide the panel" }, icon("panel"));
  button.addEventListener("click", () => root.classList.toggle("without-panel"));
  return button;
}
