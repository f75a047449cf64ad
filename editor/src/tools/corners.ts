/** What polygon and polyline share: corner after corner by clicks, each of which can be taken back. */

import type { Gesture } from "../gesture";
import type { Mode } from "../cut/orders";
import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import type { HalfDrawn } from "../save/journal";
import { round2 } from "../shapes/geometry";
import type { Point, Ring } from "../shapes/types";
import { toScreen } from "../view";
import { modeOf } from "./areas";
import { Aside } from "./aside";
import { attempt } from "./attempt";
import { drawDot, drawDraft } from "./draft";
import type { Pointer, Tool } from "./tool";

/** A click this near to the first vertex, in screen pixels, closes a polygon. */
const CLOSE_TO = 10;

interface KeptCorners extends HalfDrawn {
  points: Point[];
  undone: Point[];
  mode: Mode;
}

export abstract class CornersTool implements Tool {
  abstract readonly name: string;
  abstract readonly hint: string;
  readonly cursor = "crosshair";
  readonly canSnap = true;
  protected points: Point[] = [];
  private undone: Point[] = [];
  /** What was given up, and after which step: undo brings it back as long as that is the last one. */
  private givenUp: { points: Point[]; after: unknown } | null = null;
  private pointer: Point | null = null;
  protected mode: Mode = "new";
  private readonly aside: Aside;

  constructor(
    protected readonly editor: Editor,
    /** Fewer corners make no shape. */
    protected readonly least: number,
    private readonly isClosed: boolean,
  ) {
    this.aside = new Aside(editor);
  }

  /** How the corners become a shape; null, in words, when they cannot. */
  protected abstract complete(ring: Ring): Gesture | null;
  protected abstract readonly tooFew: string;

  get isBusy(): boolean {
    return this.points.length > 0;
  }

  down(pointer: Pointer): void {
    const { at, clicks } = pointer;
    // As with the freehand tool: Shift adds, Alt takes away. The last click decides.
    this.mode = modeOf(pointer);
    const { width, height } = this.editor.image;
    const inside = {
      x: round2(Math.min(width, Math.max(0, at.x))),
      y: round2(Math.min(height, Math.max(0, at.y))),
    };
    if (this.isClosing(inside) || (clicks === 2 && this.points.length >= this.least)) return this.finish();
    if (clicks === 2) return;
    const last = this.points.at(-1);
    if (last && last.x === inside.x && last.y === inside.y) return;
    this.points.push(inside);
    this.undone = [];
    this.givenUp = null;
    this.pointer = inside;
    this.editor.onDraw();
    this.editor.onPanels();
  }

  move({ at }: Pointer): void {
    this.pointer = at;
    if (this.isBusy) this.editor.onDraw();
  }

  up(): void {}

  finish(): void {
    if (!this.points.length) return;
    // What was drawn stays: the next click goes on with it.
    if (this.points.length < this.least) return this.editor.say(this.tooFew, "warning");
    const gesture = this.complete(this.points.flatMap(({ x, y }) => [x, y]));
    if (!gesture) return;
    const { points } = this;
    this.forget();
    attempt(this.editor, gesture, () => this.takeBack(points));
  }

  /** What is refused comes back to be corrected, unless something else was begun: thirty corners are not clicked twice. */
  private takeBack(points: Point[]): boolean {
    if (this.isBusy) return false;
    this.points = points;
    return true;
  }

  /** The corners as they look when they are all set, and no shape yet. */
  protected sketch(flat: Ring): (context: Canvas2D) => void {
    const { editor, isClosed } = this;
    const { color } = this.aside;
    return (context) => drawDraft(context, editor, flat, isClosed, color);
  }

  cancel(): void {
    const { points } = this;
    this.forget();
    if (points.length > 1) this.givenUp = { points, after: this.lastStep };
  }

  putAside(): void {
    this.pointer = null;
    if (this.isBusy) this.aside.put();
  }

  takeUp(): void {
    this.aside.take();
  }

  get halfDrawn(): KeptCorners | null {
    const { points, undone, mode } = this;
    return this.isBusy ? { label: this.aside.begunIn, points, undone, mode } : null;
  }

  goOn({ label, points, undone, mode }: KeptCorners): boolean {
    Object.assign(this, { points, undone, mode });
    this.aside.putBefore(label);
    return true;
  }

  private forget(): void {
    this.points = [];
    this.undone = [];
    this.givenUp = null;
    this.aside.forget();
    this.editor.onDraw();
    this.editor.onPanels();
  }

  private get lastStep(): unknown {
    return this.editor.document?.store.history.done.at(-1) ?? this.editor.document;
  }

  /** What was given up, if that was the last step. */
  private get droppedLast(): Point[] | null {
    if (this.isBusy || !this.givenUp || this.givenUp.after !== this.lastStep) return null;
    return this.givenUp.points;
  }

  get canUndo(): boolean {
    return this.isBusy || this.droppedLast !== null;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  undoStep(): boolean {
    const { droppedLast } = this;
    if (droppedLast) {
      this.points = droppedLast;
      this.givenUp = null;
      this.editor.onPanels();
      return true;
    }
    const point = this.points.pop();
    if (point) this.undone.push(point);
    this.editor.onPanels();
    return point !== undefined;
  }

  redoStep(): boolean {
    const point = this.undone.pop();
    if (point) this.points.push(point);
    this.editor.onPanels();
    return point !== undefined;
  }

  draw(context: Canvas2D): void {
    if (!this.points.length) return;
    const { view } = this.editor;
    const flat = [...this.points, ...(this.pointer ? [this.pointer] : [])].flatMap(({ x, y }) => [x, y]);
    drawDraft(context, this.editor, flat, this.isClosed, this.aside.color);
    for (const point of this.points) {
      const { x, y } = toScreen(view, point);
      drawDot(context, x, y, 3, "#fff");
    }
    if (!this.isClosed) return;
    const first = toScreen(view, this.points[0]);
    const closes = this.pointer !== null && this.isClosing(this.pointer);
    drawDot(context, first.x, first.y, closes ? 8 : 5, closes ? "#ffd54a" : "#fff");
  }

  private isClosing({ x, y }: Point): boolean {
    if (!this.isClosed || this.points.length < this.least) return false;
    const [first] = this.points;
    return Math.hypot(first.x - x, first.y - y) * this.editor.view.s <= CLOSE_TO;
  }
}
