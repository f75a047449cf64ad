/** Draws a polygon vertex by vertex. */

import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import { resolved } from "../shapes/boolean";
import { areaOf, round2 } from "../shapes/geometry";
import type { Point, Ring } from "../shapes/types";
import { toScreen } from "../view";
import { applyLoop, modeOf, type Mode } from "./areas";
import { drawDot, drawDraft } from "./draft";
import type { Pointer, Tool } from "./tool";

/** A click this near to the first vertex, in screen pixels, closes the polygon. */
const CLOSE_TO = 10;

export class PolygonTool implements Tool {
  readonly name = "polygon";
  readonly cursor = "crosshair";
  private points: Point[] = [];
  private undone: Point[] = [];
  private pointer: Point | null = null;
  private mode: Mode = "new";

  constructor(private readonly editor: Editor) {}

  get isBusy(): boolean {
    return this.points.length > 0;
  }

  get hint(): string {
    if (!this.points.length) return "Click from corner to corner.";
    if (this.points.length < 3) return "Click the next corner. Backspace takes one back, Esc all.";
    return "Click the first corner, double-click or press Enter to close.";
  }

  down(pointer: Pointer): void {
    const { at, screen, clicks } = pointer;
    // As with the freehand tool: Shift adds, Alt takes away. The last click decides.
    this.mode = modeOf(pointer);
    if (this.isClosing(screen) || (clicks === 2 && this.points.length > 2)) return this.finish();
    if (clicks === 2) return;
    const { width, height } = this.editor.ground;
    const inside = {
      x: round2(Math.min(width, Math.max(0, at.x))),
      y: round2(Math.min(height, Math.max(0, at.y))),
    };
    const last = this.points.at(-1);
    if (last && last.x === inside.x && last.y === inside.y) return;
    this.points.push(inside);
    this.undone = [];
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
    if (this.points.length < 3) {
      this.editor.say("A polygon needs at least three corners.", "warning");
      return;
    }
    const ring = this.points.flatMap(({ x, y }) => [x, y]);
    this.cancel();
    // Corners may be clicked in any order, also crosswise: crossings become corners.
    const rings = resolved([ring]);
    if (!rings.length) return this.editor.say("These corners enclose nothing.", "warning");
    applyLoop(this.editor, "draw polygon", crosses(ring, rings) ? rings : [ring], this.mode);
  }

  cancel(): void {
    this.points = [];
    this.undone = [];
    this.editor.onDraw();
    this.editor.onPanels();
  }

  undoStep(): boolean {
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
    drawDraft(context, this.editor, flat, true);
    for (const point of this.points) {
      const { x, y } = toScreen(view, point);
      drawDot(context, x, y, 3, "#fff");
    }
    const first = toScreen(view, this.points[0]);
    const closes = this.pointer !== null && this.isClosing(toScreen(view, this.pointer));
    drawDot(context, first.x, first.y, closes ? 8 : 5, closes ? "#ffd54a" : "#fff");
  }

  private isClosing(screen: Point): boolean {
    if (this.points.length < 3) return false;
    const first = toScreen(this.editor.view, this.points[0]);
    return Math.hypot(first.x - screen.x, first.y - screen.y) <= CLOSE_TO;
  }
}

/** Does the ring cross itself? Then its signed area is not the area it covers. */
function crosses(ring: Ring, rings: Ring[]): boolean {
  return rings.length > 1 || Math.abs(areaOf([ring]) - areaOf(rings)) > 0.05;
}
