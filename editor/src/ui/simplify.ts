/** The bar with which shapes get fewer corners: what they would be is shown while one chooses. */

import type { Editor } from "../editor";
import { cornersOf } from "../shapes/convert";
import type { Order } from "../cut/orders";
import { boxAround, boxOf } from "../shapes/geometry";
import { isMuch } from "../shapes/much";
import type { Shape } from "../shapes/types";
import { h } from "./dom";

const STEPS = 100;

export class SimplifyBar {
  readonly element = h("form", { class: "stage-bar", hidden: true, "aria-label": "Simplify" });
  private readonly words = h("output", {});
  private readonly slider = h("input", { type: "range", min: 0, max: STEPS, "aria-label": "How much simpler" });
  private shapes: Shape[] = [];
  private onClose: () => void = () => {};

  constructor(private readonly editor: Editor) {
    const apply = h("button", { type: "submit", class: "primary" }, "Simplify");
    const cancel = h("button", { type: "button" }, "Cancel");
    this.element.append(h("label", {}, "Fewer corners ", this.slider), this.words, cancel, apply);
    this.slider.addEventListener("input", () => this.preview());
    cancel.addEventListener("click", () => this.close());
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      this.apply();
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
      if (event.key === "Enter" && event.target === this.slider) this.apply();
      if (event.key === "Escape" || event.key === "Enter") event.stopPropagation();
    });
    // On the image one goes on drawing, not choosing.
    this.element.addEventListener("pointerdown", (event) => event.stopPropagation());
  }

  open(onClose: () => void): void {
    const { editor } = this;
    this.shapes = editor.selected.filter(({ kind }) => kind === "polygon" || kind === "line");
    if (!this.shapes.length) return editor.say("Select polygons or lines: other shapes have no corners to spare.", "warning");
    this.onClose = onClose;
    this.editor.vertices = [];
    // At first what the eye hardly sees: two pixels of the screen.
    const start = Math.sqrt(2 / editor.view.s / this.most()) * STEPS;
    this.slider.value = String(Math.min(STEPS, Math.max(1, Math.round(start))));
    this.element.hidden = false;
    this.slider.focus();
    this.preview();
  }

  close(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.shapes = [];
    this.editor.preview = new Map();
    this.editor.lifted = null;
    this.editor.onDraw();
    this.onClose();
  }

  /** Whatever else is done with the shapes ends the choice. */
  update(): void {
    const { shapes } = this.editor.document?.store ?? {};
    const isSame = this.shapes.every((shape) => shapes?.get(shape.id) === shape && this.editor.selection.has(shape.id));
    if (!isSame) this.close();
  }

  private most(): number {
    const sides = this.shapes.map(boxOf).map(({ x0, y0, x1, y1 }) => Math.max(x1 - x0, y1 - y0));
    return Math.max(1, ...sides) / 8;
  }

  private order(): Order {
    const tolerance = this.most() * (Number(this.slider.value) / STEPS) ** 2;
    return { act: "simplify", tolerance, chosen: this.shapes.map(({ id }) => id) };
  }

  private preview(): void {
    const { shapes, editor } = this;
    editor.changes.tryOut(this.order(), ({ states, words }) => {
      // Closed meanwhile, or opened for others.
      if (this.shapes !== shapes) return;
      const after = states.flatMap((one) => one.after ?? []);
      const sum = (some: Shape[]) => some.reduce((all, shape) => all + cornersOf(shape), 0);
      this.words.textContent = words ?? `${sum(shapes)} → ${sum(after)} corners`;
      if (isMuch(after)) editor.lifted = { shapes: after, box: boxAround(after), by: { x: 0, y: 0 } };
      else editor.preview = new Map(after.map((shape) => [shape.id, shape]));
      editor.onDraw();
    });
  }

  private apply(): void {
    const order = this.order();
    const sketch = { shapes: [...this.editor.preview.values()], lift: this.editor.lifted };
    this.close();
    this.editor.changes.carryOut({ order: () => order, sketch });
  }
}
