/** Draws what fills a box from corner to corner: a rectangle or an ellipse. */

import type { Editor } from "../editor";
import { LEAST_AREA } from "../edits";
import { rectBetween } from "../shapes/geometry";
import type { EllipseGeometry, Point, RectGeometry } from "../shapes/types";
import type { Canvas2D } from "../paint/painter";
import { drawingShape, drawNew } from "./areas";
import { attempt } from "./attempt";
import type { Pointer, Tool } from "./tool";

type Boxed = { kind: "rect"; geom: RectGeometry } | { kind: "ellipse"; geom: EllipseGeometry };

abstract class BoxTool implements Tool {
  abstract readonly name: string;
  abstract readonly hint: string;
  readonly cursor = "crosshair";
  readonly canSnap = true;
  private from: Point | null = null;
  private to: Point | null = null;

  constructor(private readonly editor: Editor) {}

  protected abstract fill(box: RectGeometry): Boxed;

  get isBusy(): boolean {
    return this.from !== null;
  }

  down({ at }: Pointer): void {
    this.from = this.to = at;
  }

  move({ at, shift }: Pointer): void {
    if (!this.from) return;
    this.to = shift ? squared(this.from, at) : at;
    this.editor.onDraw();
  }

  up(pointer: Pointer): void {
    if (!this.from) return;
    this.move(pointer);
    const box = this.box();
    const { from, to, editor } = this;
    const way = Math.max(Math.abs(to!.x - from.x), Math.abs(to!.y - from.y)) * editor.view.s;
    this.cancel();
    if (way >= 4 && !(box.w && box.h)) return editor.say("That lies outside the image.", "warning");
    if (Math.max(box.w, box.h) * this.editor.view.s < 4) {
      // A click, not a drag: choose what is there instead of drawing a speck.
      const hit = this.editor.shapeAt(pointer.at);
      return this.editor.select(hit ? [hit.id] : []);
    }
    if (box.w * box.h < LEAST_AREA) return this.editor.say("That is too small to be a shape.", "warning");
    const drawn = this.fill(box);
    attempt(editor, drawingShape(editor, `draw ${this.name}`, drawn));
  }

  cancel(): void {
    this.from = this.to = null;
    this.editor.onDraw();
  }

  draw(context: Canvas2D): void {
    const box = this.from && this.box();
    if (box && box.w && box.h) drawNew(context, this.editor, this.fill(box));
  }

  private box(): RectGeometry {
    const { width, height } = this.editor.image;
    return rectBetween(this.from!, this.to!, width, height);
  }
}

export class RectangleTool extends BoxTool {
  readonly name = "rectangle";
  readonly hint = "Drag from corner to corner. Shift makes a square.";

  protected fill(geom: RectGeometry): Boxed {
    return { kind: "rect", geom };
  }
}

export class EllipseTool extends BoxTool {
  readonly name = "ellipse";
  readonly hint = "Drag from corner to corner of the box around it. Shift makes a circle.";

  protected fill({ cx, cy, w, h, angle }: RectGeometry): Boxed {
    return { kind: "ellipse", geom: { cx, cy, rx: w / 2, ry: h / 2, angle } };
  }
}

function squared(from: Point, to: Point): Point {
  const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return {
    x: from.x + Math.sign(to.x - from.x || 1) * side,
    y: from.y + Math.sign(to.y - from.y || 1) * side,
  };
}
