/** Paints areas with a round brush, and rubs them out: what is painted becomes a polygon. */

import type { Mode } from "../cut/orders";
import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import { simplifiedLine } from "../shapes/geometry";
import type { Point, Ring } from "../shapes/types";
import { toScreen } from "../view";
import { drawingArea, modeOf } from "./areas";
import { attempt } from "./attempt";
import { traceStroke } from "./draft";
import type { Held, Pointer, Tool } from "./tool";

export class BrushTool implements Tool {
  readonly cursor = "none";
  private stroke: Ring = [];
  private mode: Mode = "new";

  constructor(
    private readonly editor: Editor,
    readonly name: "brush" | "eraser",
  ) {}

  get needsShapes(): boolean {
    return this.name === "eraser";
  }

  get isBusy(): boolean {
    return this.stroke.length > 0;
  }

  get hint(): string {
    const size = "[ and ], or Alt and wheel, change the size.";
    return this.name === "eraser"
      ? `Rub out, of the selected shapes if there are any. ${size}`
      : `Paint. Shift adds to a shape, Alt takes away. ${size}`;
  }

  down(pointer: Pointer): void {
    this.mode = this.modeOf(pointer);
    this.stroke = [pointer.at.x, pointer.at.y];
    this.editor.onDraw();
  }

  move(_pointer: Pointer, passed: Point[]): void {
    if (this.isBusy) {
      const least = 0.33 / this.editor.view.s;
      for (const { x, y } of passed) {
        const [lastX, lastY] = this.stroke.slice(-2);
        if (Math.hypot(x - lastX, y - lastY) >= least) this.stroke.push(x, y);
      }
    }
    this.editor.onDraw();
  }

  up(pointer: Pointer): void {
    if (!this.isBusy) return;
    this.move(pointer, [pointer.at]);
    const { stroke, mode, editor } = this;
    const screenPixel = 1 / editor.view.s;
    this.cancel();
    const path = simplifiedLine(stroke, screenPixel / 4);
    const radius = editor.brushRadius;
    const drawn = { how: "brush" as const, path, radius, tolerance: screenPixel / 2 };
    const color = this.colorOf(mode);
    const draw = (context: Canvas2D) => traceStroke(context, stroke, editor.view, color, radius * editor.view.s);
    attempt(editor, drawingArea(editor, "paint", drawn, mode, draw));
  }

  cancel(): void {
    this.stroke = [];
    this.editor.onDraw();
  }

  wheel(steps: number, held: Held): boolean {
    if (!held.alt && !held.shift) return false;
    this.editor.resizeBrush(steps);
    return true;
  }

  draw(context: Canvas2D): void {
    const { editor } = this;
    const mode = this.isBusy ? this.mode : this.modeOf(editor.held);
    const color = this.colorOf(mode);
    const radius = editor.brushRadius * editor.view.s;
    if (this.isBusy) traceStroke(context, this.stroke, editor.view, color, radius);
    if (editor.pointer) drawRing(context, toScreen(editor.view, editor.pointer), radius, color, mode);
  }

  private colorOf(mode: Mode): string {
    return mode === "erase" ? "#ffffff" : this.editor.activeColor;
  }

  private modeOf(held: Held): Mode {
    return this.name === "eraser" ? "erase" : modeOf(held);
  }
}

/** The size of the brush at the pointer, with a sign of what it will do. */
function drawRing(context: Canvas2D, { x, y }: Point, radius: number, color: string, mode: Mode): void {
  const lines: [width: number, color: string][] = [
    [3.5, "rgba(0, 0, 0, 0.55)"],
    [1.5, color],
  ];
  for (const [width, stroke] of lines) {
    context.beginPath();
    context.arc(x, y, Math.max(1, radius), 0, 2 * Math.PI);
    const arm = 5;
    context.moveTo(x - arm, y);
    context.lineTo(x + arm, y);
    if (mode !== "erase") {
      context.moveTo(x, y - arm);
      context.lineTo(x, y + arm);
    }
    context.setLineDash(mode === "erase" ? [4, 3] : []);
    context.lineWidth = width;
    context.strokeStyle = stroke;
    context.stroke();
  }
  context.setLineDash([]);
}
