/** Draws a rectangle that stands at an angle: first one side of it, then how far it reaches. */

import type { Editor } from "../editor";
import { LEAST_AREA } from "../edits";
import type { Canvas2D } from "../paint/painter";
import type { HalfDrawn } from "../save/journal";
import { rectOnSide } from "../shapes/rotating";
import type { Point } from "../shapes/types";
import { drawingShape, drawNew } from "./areas";
import { Aside } from "./aside";
import { attempt } from "./attempt";
import { drawDraft } from "./draft";
import type { Pointer, Tool } from "./tool";

/** Screen pixels below which a drag is a click. */
const SLACK = 4;

interface KeptSide extends HalfDrawn {
  side: Point[];
}

export class RotatedRectangleTool implements Tool {
  readonly name = "rotated_rectangle";
  readonly cursor = "crosshair";
  readonly canSnap = true;
  /** The ends of the first side, as far as they are set. */
  private side: Point[] = [];
  private to: Point | null = null;

  private readonly aside: Aside;

  constructor(private readonly editor: Editor) {
    this.aside = new Aside(editor);
  }

  get isBusy(): boolean {
    return this.side.length > 0;
  }

  get hint(): string {
    if (!this.side.length) return "Drag along one side, then click on the opposite side.";
    if (this.side.length === 1) return "To the end of the first side. Shift turns by steps of 15°.";
    return "Click on the opposite side. Backspace takes the side back.";
  }

  down({ at }: Pointer): void {
    if (!this.side.length) this.side = [this.onImage(at)];
    this.to = at;
    this.editor.onDraw();
    this.editor.onPanels();
  }

  move({ at, shift }: Pointer): void {
    if (!this.isBusy) return;
    this.to = this.side.length === 1 ? this.onImage(shift ? stepped(this.side[0], at) : at) : at;
    this.editor.onDraw();
  }

  up(pointer: Pointer): void {
    if (!this.isBusy) return;
    this.move(pointer);
    if (this.side.length === 2) return this.complete();
    const [from, to] = [this.side[0], this.to!];
    // A click sets the corner only; the side ends where the next click is.
    if (Math.hypot(to.x - from.x, to.y - from.y) * this.editor.view.s < SLACK) return;
    this.side = [from, to];
    this.editor.onPanels();
  }

  finish(): void {
    if (this.side.length === 2) this.complete();
  }

  putAside(): void {
    if (this.isBusy) this.aside.put();
  }

  takeUp(): void {
    this.aside.take();
  }

  get halfDrawn(): KeptSide | null {
    return this.isBusy ? { label: this.aside.begunIn, side: this.side } : null;
  }

  goOn({ label, side }: KeptSide): boolean {
    Object.assign(this, { side, to: side.at(-1) });
    this.aside.putBefore(label);
    return true;
  }

  cancel(): void {
    this.side = [];
    this.to = null;
    this.aside.forget();
    this.editor.onDraw();
    this.editor.onPanels();
  }

  get canUndo(): boolean {
    return this.isBusy;
  }

  undoStep(): boolean {
    const was = this.isBusy;
    this.side.pop();
    this.editor.onPanels();
    return was;
  }

  draw(context: Canvas2D): void {
    if (!this.isBusy || !this.to) return;
    const { editor } = this;
    const { color } = this.aside;
    const [a, b = this.to] = this.side;
    const geom = this.side.length === 2 ? rectOnSide(a, b, this.to) : null;
    if (!geom || geom.h <= 0) return drawDraft(context, editor, [a.x, a.y, b.x, b.y], false, color);
    drawNew(context, editor, { kind: "rect", geom }, color);
  }

  private complete(): void {
    const geom = rectOnSide(this.side[0], this.side[1], this.to!);
    if (geom.w * geom.h < LEAST_AREA || geom.h * this.editor.view.s < 2) {
      return this.editor.say("Click farther from the first side: it is too narrow.", "warning");
    }
    this.cancel();
    attempt(this.editor, drawingShape(this.editor, "draw rotated rectangle", { kind: "rect", geom }));
  }

  private onImage({ x, y }: Point): Point {
    const { width, height } = this.editor.image;
    return { x: Math.min(width, Math.max(0, x)), y: Math.min(height, Math.max(0, y)) };
  }
}

/** The point as far away, in a direction that is a multiple of 15°. */
function stepped(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const step = Math.PI / 12;
  const angle = Math.round(Math.atan2(to.y - from.y, to.x - from.x) / step) * step;
  return { x: from.x + length * Math.cos(angle), y: from.y + length * Math.sin(angle) };
}
