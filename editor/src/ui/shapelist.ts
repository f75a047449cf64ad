/** The list of shapes. Only the rows in sight exist, so thousands of shapes cost nothing. */

import type { Editor } from "../editor";
import type { Shape } from "../shapes/types";
import { colorOf, patternPath } from "../paint/style";
import { h, swatch } from "./dom";

const KIND_WORDS: Record<Shape["kind"], string> = {
  polygon: "Polygon",
  rect: "Rectangle",
  ellipse: "Ellipse",
  line: "Line",
  points: "Points",
};

/** As in editor.css. */
const ROW_HEIGHT = 32;

export class ShapeList {
  readonly element = h("section", { class: "shapes" });
  private readonly count = h("span", { class: "count" });
  private readonly empty = h("p", { class: "quiet" });
  private readonly spacer = h("div", { class: "spacer" });
  private readonly rows = h("div", { class: "rows", role: "group", "aria-label": "Shapes" }, this.spacer);
  /** From front to back. */
  private order: Shape[] = [];
  private shownSelection = "";

  constructor(private readonly editor: Editor) {
    this.element.append(h("h2", {}, "Shapes ", this.count), this.empty, this.rows);
    this.rows.addEventListener("scroll", () => this.showRows());
    this.rows.addEventListener("click", (event) => this.choose(event));
    this.rows.addEventListener("keydown", (event) => this.step(event));
    this.rows.addEventListener("dblclick", (event) => {
      const shape = this.shapeOf(event);
      if (shape) this.editor.goTo(shape);
    });
    new ResizeObserver(() => this.showRows()).observe(this.rows);
  }

  update(): void {
    const { editor } = this;
    this.order = [...(editor.document?.store.inOrder() ?? [])].reverse();
    this.count.textContent = String(this.order.length);
    this.count.dataset.shapeCount = String(this.order.length);
    this.spacer.style.height = `${this.order.length * ROW_HEIGHT}px`;
    this.rows.hidden = !this.order.length;
    this.empty.hidden = this.order.length > 0;
    this.empty.textContent = editor.editable
      ? "Nothing drawn yet. If there is nothing to draw, press Complete."
      : "Nothing is drawn here.";
    this.followSelection();
    this.showRows();
  }

  /** Scroll to what was just selected, but never against the hand that scrolls. */
  private followSelection(): void {
    const [first = ""] = this.editor.selection;
    if (first === this.shownSelection) return;
    this.shownSelection = first;
    const at = this.order.findIndex(({ id }) => id === first) * ROW_HEIGHT;
    if (at < 0) return;
    const { scrollTop, clientHeight } = this.rows;
    if (at < scrollTop) this.rows.scrollTop = at;
    else if (at + ROW_HEIGHT > scrollTop + clientHeight) this.rows.scrollTop = at + ROW_HEIGHT - clientHeight;
  }

  private showRows(): void {
    const focused = (document.activeElement as HTMLElement | null)?.dataset.shape;
    const hadFocus = focused !== undefined && this.rows.contains(document.activeElement);
    const first = Math.max(0, Math.floor(this.rows.scrollTop / ROW_HEIGHT) - 2);
    const count = Math.ceil(this.rows.clientHeight / ROW_HEIGHT) + 5;
    const classes = new Map((this.editor.task?.classes ?? []).map((one) => [one.id, one]));
    const rows = this.order.slice(first, first + count).map((shape, i) => {
      const label = classes.get(shape.class);
      const number = this.order.length - first - i;
      const row = h(
        "button",
        {
          type: "button",
          class: "shape-row",
          "data-shape": shape.id,
          "aria-pressed": String(this.editor.selection.has(shape.id)),
        },
        swatch(colorOf(shape, this.editor.style), patternPath(shape.class, this.editor.style)),
        h("span", { class: "name" }, label?.name ?? "?"),
        h("span", { class: "kind" }, `${KIND_WORDS[shape.kind]} ${number}`),
      );
      row.style.top = `${(first + i) * ROW_HEIGHT}px`;
      return row;
    });
    this.spacer.replaceChildren(...rows);
    if (hadFocus) this.spacer.querySelector<HTMLElement>(`[data-shape="${focused}"]`)?.focus();
  }

  private shapeOf(event: Event): Shape | null {
    const row = (event.target as Element).closest<HTMLElement>("[data-shape]");
    return this.editor.document?.store.shapes.get(row?.dataset.shape ?? "") ?? null;
  }

  private choose(event: MouseEvent): void {
    const shape = this.shapeOf(event);
    if (!shape) return;
    const ids = new Set(event.shiftKey || event.ctrlKey ? this.editor.selection : []);
    if (!ids.delete(shape.id)) ids.add(shape.id);
    if (event.detail === 2) ids.add(shape.id);
    this.editor.select(ids);
  }

  /** Up and down go from row to row, as in any list. */
  private step(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const shape = this.shapeOf(event);
    if (!by || !shape || event.ctrlKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = this.order[this.order.indexOf(shape) + by];
    if (!next) return;
    this.editor.select([next.id]);
    requestAnimationFrame(() =>
      this.spacer.querySelector<HTMLElement>(`[data-shape="${next.id}"]`)?.focus({ preventScroll: true }),
    );
  }
}
