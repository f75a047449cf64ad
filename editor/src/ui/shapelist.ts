/** The list of shapes. Only the rows in sight exist, so thousands of shapes cost nothing. */

import { shortWords } from "../attributes";
import type { Editor } from "../editor";
import type { Shape } from "../shapes/types";
import { colorOf, patternPath } from "../paint/style";
import { h, icon, swatch } from "./dom";

/** What a kind is called, and the tool whose icon stands for it. */
const KINDS: Record<Shape["kind"], [words: string, icon: string]> = {
  polygon: ["Polygon", "polygon"],
  rect: ["Rectangle", "rectangle"],
  ellipse: ["Ellipse", "ellipse"],
  line: ["Line", "polyline"],
  points: ["Points", "keypoints"],
};

/** As in editor.css. */
const ROW_HEIGHT = 32;

export class ShapeList {
  readonly element = h("section", { class: "shapes" });
  private readonly count = h("span", { class: "count" });
  private readonly empty = h("p", { class: "quiet" });
  private readonly filter = h("input", {
    type: "search",
    class: "search",
    placeholder: "Filter: tree, locked…",
    "aria-label": "Filter the list of shapes by class, kind, number, locked or hidden",
    autocomplete: "off",
    spellcheck: "false",
  });
  private readonly spacer = h("div", { class: "spacer" });
  private readonly rows = h("div", { class: "rows", role: "group", "aria-label": "Shapes" }, this.spacer);
  /** Those that are listed, from front to back. */
  private order: Shape[] = [];
  /** Counted from the back; the filter changes nothing about it. */
  private numbers = new Map<string, number>();
  private shownSelection = "";

  constructor(
    private readonly editor: Editor,
    private readonly leave: () => void,
  ) {
    this.element.append(h("h2", {}, "Shapes ", this.count), this.filter, this.empty, this.rows);
    this.filter.addEventListener("input", () => this.update());
    this.filter.addEventListener("keydown", (event) => this.onFilterKey(event));
    this.rows.addEventListener("scroll", () => this.showRows());
    this.rows.addEventListener("click", (event) => this.choose(event));
    this.rows.addEventListener("keydown", (event) => this.step(event));
    this.rows.addEventListener("dblclick", (event) => {
      const shape = this.shapeOf(event);
      if (shape) this.editor.goTo(shape);
    });
    new ResizeObserver(() => this.showRows()).observe(this.rows);
  }

  /** Another label: its list is whole at first. */
  open(): void {
    this.filter.value = "";
  }

  startFilter(): void {
    this.filter.focus();
    this.filter.select();
  }

  update(): void {
    const { editor } = this;
    const all = editor.document?.store.inOrder() ?? [];
    this.numbers = new Map(all.map(({ id }, i) => [id, i + 1]));
    const words = this.filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length ? all.filter((shape) => this.matches(shape, words)) : all;
    this.order = [...found].reverse();
    this.count.textContent = words.length ? `${found.length} of ${all.length}` : String(all.length);
    this.count.dataset.shapeCount = String(all.length);
    this.spacer.style.height = `${this.order.length * ROW_HEIGHT}px`;
    // It keeps its place, or the list would jump at the first shape.
    this.filter.disabled = !all.length;
    this.rows.hidden = !this.order.length;
    this.empty.hidden = this.order.length > 0;
    this.empty.textContent = all.length ? "No shape matches the filter." : this.emptyWords;
    this.followSelection();
    this.showRows();
  }

  private get emptyWords(): string {
    if (!this.editor.document) return "";
    return this.editor.editable
      ? "Nothing drawn yet. If there is nothing to draw, press Complete."
      : "Nothing is drawn here.";
  }

  /** Every word is part of what the row says, or the whole number. */
  private matches(shape: Shape, words: readonly string[]): boolean {
    const number = String(this.numbers.get(shape.id));
    const text = [this.nameOf(shape), KINDS[shape.kind][0], this.saidOf(shape), ...this.marksOf(shape)].join(" ").toLowerCase();
    return words.every((word) => text.includes(word) || word === number);
  }

  private nameOf(shape: Shape): string {
    return this.editor.task?.classes.find(({ id }) => id === shape.class)?.name ?? "?";
  }

  private saidOf(shape: Shape): string {
    return shortWords(this.editor.task?.attributes ?? [], shape);
  }

  private marksOf({ id }: Shape): string[] {
    const { marks } = this.editor;
    return [marks?.locked.has(id) && "locked", marks?.hidden.has(id) && "hidden"].filter((word) => !!word) as string[];
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
    const rows = this.order.slice(first, first + count).map((shape, i) => {
      const marks = this.marksOf(shape);
      const said = this.saidOf(shape);
      const name = this.nameOf(shape);
      const [kind, drawnBy] = KINDS[shape.kind];
      const row = h(
        "button",
        {
          type: "button",
          class: "shape-row",
          title: `${name}, ${kind.toLowerCase()} ${this.numbers.get(shape.id)}`,
          "data-shape": shape.id,
          "aria-pressed": String(this.editor.selection.has(shape.id)),
        },
        swatch(colorOf(shape, this.editor.style), patternPath(shape.class, this.editor.style)),
        h("span", { class: "name" }, name),
        said && h("span", { class: "said", title: said }, said),
        ...marks.map((mark) => h("span", { class: "mark", title: mark }, icon(mark === "locked" ? "lock" : "hide-selected"), h("span", { class: "unseen" }, mark))),
        h("span", { class: "kind" }, icon(drawnBy), h("span", { class: "unseen" }, `${kind} `), String(this.numbers.get(shape.id))),
      );
      row.style.top = `${(first + i) * ROW_HEIGHT}px`;
      return row;
    });
    this.spacer.replaceChildren(...rows);
    if (hadFocus) this.spacer.querySelector<HTMLElement>(`[data-shape="${focused}"]`)?.focus();
  }

  /** Enter selects all that the filter left; Esc takes the filter away. */
  private onFilterKey(event: KeyboardEvent): void {
    if (event.key === "ArrowDown") this.spacer.querySelector<HTMLElement>(".shape-row")?.focus();
    else if (event.key === "Enter") this.editor.select(this.order.map(({ id }) => id));
    else if (event.key === "Escape") this.filter.value = "";
    else return;
    event.preventDefault();
    if (event.key === "ArrowDown") return;
    this.update();
    this.leave();
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
