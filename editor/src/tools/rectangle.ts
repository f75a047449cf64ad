/** Draws a rectangle from corner to corner. */

import type { Editor } from "../editor";
import { LEAST_AREA } from "../edits";
import { rectBetween } from "../shapes/geometry";
import type { Point } from "../shapes/types";
import { drawShape, type Canvas2D } from "../paint/painter";
import type { Pointer, Tool } from "./tool";

export class RectangleTool implements Tool {
  readonly name = "rectangle";
  readonly cursor = "crosshair";
  readonly hint = "Drag from corner to corner. Shift makes a square.";
  private from: Point | null = null;
  private to: Point | null = null;

  constructor(private readonly editor: Editor) {}

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
    const geom = this.geometry();
    this.cancel();
    if (Math.max(geom.w, geom.h) * this.editor.view.s < 4) {
      // A click, not a drag: choose what is there instead of drawing a speck.
      const hit = this.editor.shapeAt(pointer.at);
      return this.editor.select(hit ? [hit.id] : []);
    }
    if (geom.w * geom.h < LEAST_AREA) return this.editor.say("That is too small to be a shape.", "warning");
    this.editor.addShape("draw rectangle", { kind: "rect", geom });
  }

  cancel(): void {
    this.from = this.to = null;
    this.editor.onDraw();
  }

  draw(context: Canvas2D): void {
    if (!this.from) return;
    const { editor } = this;
    const color = editor.activeColor;
    const shape = { id: "", class: 0, z: 0, attrs: {}, kind: "rect" as const, geom: this.geometry() };
    drawShape(context, shape, editor.view, { color, fill: 0.2, stroke: 1.5 });
  }

  private geometry() {
    const { width, height } = this.editor.ground;
    return rectBetween(this.from!, this.to!, width, height);
  }
}

function squared(from: Point, to: Point): Point {
  const side = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y));
  return {
    x: from.x + Math.sign(to.x - from.x || 1) * side,
    y: from.y + Math.sign(to.y - from.y || 1) * side,
  };
}
