/** The shapes of one label on its page in the admin: painted by the worker of the editor, told at the pointer. */

import { BitmapLayer } from "../paint/layer";
import type { Style, ToShapeWorker } from "../paint/messages";
import { highlight } from "../paint/highlight";
import { drawOthers, otherColor, type Other } from "../paint/others";
import { nameOf } from "../paint/style";
import { boxOf } from "../shapes/geometry";
import { shapeUnder } from "../shapes/picking";
import type { Point, Shape } from "../shapes/types";
import { drawWords } from "../tools/draft";
import { toScreen, type View } from "../view";
import { styleFor, type Painting } from "./painting";

export class LabelPainting {
  private readonly layer: BitmapLayer<ToShapeWorker>;
  private readonly canvas = document.createElement("canvas");
  private readonly pane = document.createElement("div");
  /** With all that may be said of a shape, whatever one chose to have written on them. */
  private readonly wordy: Style;
  private readonly hidden = new Set<number>();
  private readonly others: Other[];
  private readonly shownOthers = new Set<Other>();
  private view: View = { s: 1, x: 0, y: 0 };
  private size = { width: 1, height: 1 };
  private pointed: Shape | null = null;
  private pointer: Point = { x: 0, y: 0 };
  private frame = 0;

  constructor(
    private readonly place: HTMLElement,
    private readonly picture: SVGSVGElement,
    private readonly scroller: HTMLElement,
    private readonly painting: Painting,
  ) {
    const worker = new Worker(new URL("../paint/shapeworker.ts", import.meta.url), { type: "module" });
    this.layer = new BitmapLayer("shapes", worker, false, () => (place.dataset.painted = String(painting.shapes.length)));
    this.wordy = styleFor(painting, { labels: true, answers: true });
    this.others = (painting.others ?? []).map(({ by, shapes }, i) => ({ by, shapes, color: otherColor(i) }));
    this.pane.append(this.layer.element, this.canvas);
    place.append(this.pane);
    const [width, height] = painting.image;
    this.layer.reset({ width, height });
    this.layer.tell({ type: "shapes", shapes: painting.shapes, style: styleFor(painting) });
    const show = () => this.show();
    const resized = new ResizeObserver(show);
    resized.observe(scroller);
    resized.observe(picture);
    scroller.addEventListener("scroll", show, { passive: true });
  }

  /** Where a pointer is on the image. */
  at({ clientX, clientY }: MouseEvent): Point {
    const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(this.picture.getScreenCTM()!.inverse());
    return { x, y };
  }

  shapeAt(at: Point): Shape | null {
    const seen = this.painting.shapes.filter((shape) => !this.hidden.has(shape.class));
    return shapeUnder(at, seen, 3 / this.view.s, (shape) => this.wordy.skeletons[shape.class]);
  }

  wordsOf(shape: Shape): string {
    const { x0, y0, x1, y1 } = boxOf(shape);
    return `${nameOf(shape, this.wordy)}, ${Math.round(x1 - x0)} × ${Math.round(y1 - y0)} px`;
  }

  point(at: Point | null): void {
    const found = at && this.shapeAt(at);
    if (!found && !this.pointed) return;
    this.pointed = found;
    if (at) this.pointer = at;
    this.show();
  }

  hideClass(id: number, isHidden: boolean): void {
    if (isHidden) this.hidden.add(id);
    else this.hidden.delete(id);
    const ids = this.painting.shapes.filter((shape) => this.hidden.has(shape.class)).map((shape) => shape.id);
    this.layer.tell({ type: "hide", ids });
    this.pointed = null;
    this.show();
  }

  showOther(number: number, isShown: boolean): void {
    const other = this.others[number];
    if (isShown) this.shownOthers.add(other);
    else this.shownOthers.delete(other);
    this.show();
  }

  /** However large the image is shown, only what one sees of it is painted. */
  private show(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.size = { width: this.scroller.clientWidth, height: this.scroller.clientHeight };
      this.pane.style.width = `${this.size.width}px`;
      this.pane.style.height = `${this.size.height}px`;
      const { left, top } = this.pane.getBoundingClientRect();
      const { a, e, f } = this.picture.getScreenCTM()!;
      this.view = { s: a, x: e - left, y: f - top };
      this.layer.show(this.view, this.size);
      this.drawPointed();
    });
  }

  private drawPointed(): void {
    const { canvas, size, view } = this;
    canvas.width = Math.round(size.width * devicePixelRatio);
    canvas.height = Math.round(size.height * devicePixelRatio);
    canvas.style.width = `${size.width}px`;
    const context = canvas.getContext("2d")!;
    context.scale(devicePixelRatio, devicePixelRatio);
    drawOthers(context, [...this.shownOthers], view, size);
    this.place.dataset.pointed = this.pointed ? this.wordsOf(this.pointed) : "";
    if (!this.pointed) return;
    highlight(context, this.pointed, view, 0.1);
    const { x, y } = toScreen(view, this.pointer);
    drawWords(context, x + 14, Math.max(14, y - 10), this.wordsOf(this.pointed));
  }
}
