/** The panel beside the image: what the reviewer said, classes, shapes, instructions. */

import type { Editor } from "../editor";
import type { Shape } from "../shapes/types";
import { h, icon, swatch } from "./dom";

const KIND_WORDS: Record<Shape["kind"], string> = {
  polygon: "Polygon",
  rect: "Rectangle",
  ellipse: "Ellipse",
  line: "Line",
  points: "Points",
};

/** A longer list says how many more there are: nobody reads thousands of lines. */
const MOST_ROWS = 500;

export class Panel {
  readonly element = h("aside", { class: "panel", "aria-label": "Classes and shapes" });
  private readonly comment = h("section", { class: "comment", "aria-label": "What the reviewer said" });
  private readonly classes = h("section", { class: "classes" });
  private readonly shapes = h("section", { class: "shapes" });
  private readonly about = h("section", { class: "about" });
  private readonly rows = new Map<string, HTMLElement>();

  constructor(private readonly editor: Editor) {
    this.element.append(this.comment, this.classes, this.shapes, this.about);
    this.shapes.addEventListener("click", (event) => this.choose(event));
    this.shapes.addEventListener("dblclick", (event) => {
      const shape = this.shapeOf(event);
      if (shape) this.editor.goTo(shape);
    });
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
    this.showShapes();
  }

  private showClasses(): void {
    const { editor } = this;
    const counts = new Map<number, number>();
    for (const shape of editor.document?.store.shapes.values() ?? []) {
      counts.set(shape.class, (counts.get(shape.class) ?? 0) + 1);
    }
    const offered = (editor.task?.classes ?? []).filter(({ id, archived }) => !archived || counts.has(id));
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
        swatch(color),
        h("span", { class: "name" }, archived ? `${name} (archived)` : name),
        h("span", { class: "count" }, String(counts.get(id) ?? 0)),
        i < 9 && !archived && h("kbd", {}, String(i + 1)),
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

  private showShapes(): void {
    const { editor } = this;
    const order = editor.document?.store.inOrder().reverse() ?? [];
    this.rows.clear();
    const classes = new Map((editor.task?.classes ?? []).map((one) => [one.id, one]));
    const rows = order.slice(0, MOST_ROWS).map((shape, i) => {
      const of = classes.get(shape.class);
      const row = h(
        "button",
        {
          type: "button",
          class: "shape-row",
          "data-shape": shape.id,
          "aria-pressed": String(editor.selection.has(shape.id)),
        },
        swatch(of?.color ?? "#fff"),
        h("span", { class: "name" }, of?.name ?? "?"),
        h("span", { class: "kind" }, `${KIND_WORDS[shape.kind]} ${order.length - i}`),
      );
      this.rows.set(shape.id, row);
      return row;
    });
    const focused = this.shapes.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.shape
      : null;
    const more = order.length - rows.length;
    this.shapes.replaceChildren(
      h("h2", {}, "Shapes ", h("span", { class: "count", "data-shape-count": order.length }, String(order.length))),
      order.length ? h("div", { class: "rows", role: "group", "aria-label": "Shapes" }, ...rows) : this.emptyWords(),
      more > 0 ? h("p", { class: "quiet" }, `and ${more} more`) : "",
    );
    if (focused) this.rows.get(focused)?.focus();
    const [first] = editor.selection;
    this.rows.get(first)?.scrollIntoView({ block: "nearest" });
  }

  private emptyWords(): HTMLElement {
    const words = this.editor.editable
      ? "Nothing drawn yet. If there is nothing to draw, press Complete."
      : "Nothing is drawn here.";
    return h("p", { class: "quiet" }, words);
  }

  private shapeOf(event: Event): Shape | null {
    const row = (event.target as Element).closest<HTMLElement>("[data-shape]");
    return this.editor.document?.store.shapes.get(row?.dataset.shape ?? "") ?? null;
  }

  private choose(event: MouseEvent): void {
    const shape = this.shapeOf(event);
    if (!shape) return;
    const ids = new Set(event.shiftKey ? this.editor.selection : []);
    ids.add(shape.id);
    this.editor.select(ids);
  }
}

export function panelToggle(root: HTMLElement): HTMLButtonElement {
  const button = h("button", { type: "button", class: "panel-toggle", title: "Show or hide the panel", "aria-label": "Show or hide the panel" }, icon("panel"));
  button.addEventListener("click", () => root.classList.toggle("without-panel"));
  return button;
}
