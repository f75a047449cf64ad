/** Two small tools: a circle from its centre, and a single point. */

import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import { round2 } from "../shapes/geometry";
import type { Point } from "../shapes/types";
import { drawingShape, drawNew } from "./areas";
import { attempt } from "./attempt";
import type { Pointer, Tool } from "./tool";

const OUTSIDE = "That is outside the image.";

export class CircleTool implements Tool {
  readonly name = "circle";
  readonly cursor = "crosshair";
  readonly canSnap = true;
  readonly hint = "Drag from the centre outwards.";
  private centre: Point | null = null;
  private radius = 0;

  constructor(private readonly editor: Editor) {}

  get isBusy(): boolean {
    return this.centre !== null;
  }

  down({ at }: Pointer): void {
    const { width, height } = this.editor.image;
    if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) return this.editor.say(OUTSIDE, "warning");
    this.centre = { x: round2(at.x), y: round2(at.y) };
    this.radius = 0;
  }

  move({ at }: Pointer): void {
    if (!this.centre) return;
    const { width, height } = this.editor.image;
    const { x, y } = this.centre;
    // The circle stays on the image.
    const most = Math.min(x, y, width - x, height - y);
    this.radius = round2(Math.min(most, Math.hypot(at.x - x, at.y - y)));
    this.editor.onDraw();
  }

  up(pointer: Pointer): void {
    if (!this.centre) return;
    this.move(pointer);
    const geom = this.geometry();
    this.cancel();
    if (geom.rx * this.editor.view.s < 3) {
      // A click, not a drag: choose what is there.
      const hit = this.editor.shapeAt(pointer.at);
      return this.editor.select(hit ? [hit.id] : []);
    }
    if (geom.rx < 1.2) return this.editor.say("That is too small to be a shape.", "warning");
    attempt(this.editor, drawingShape(this.editor, "draw circle", { kind: "ellipse", geom }));
  }

  cancel(): void {
    this.centre = null;
    this.editor.onDraw();
  }

  draw(context: Canvas2D): void {
    if (this.centre && this.radius) drawNew(context, this.editor, { kind: "ellipse", geom: this.geometry() });
  }

  private geometry() {
    return { cx: this.centre!.x, cy: this.centre!.y, rx: this.radius, ry: this.radius, angle: 0 };
  }
}

export class PointTool implements Tool {
  readonly name = "point";
  readonly cursor = "crosshair";
  readonly canSnap = true;
  readonly hint = "Click to set a point.";
  readonly isBusy = false;

  constructor(private readonly editor: Editor) {}

  down(): void {}
  move(): void {}

  up({ at }: Pointer): void {
    const { width, height } = this.editor.image;
    if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) return this.editor.say(OUTSIDE, "warning");
    const point = { name: "", x: round2(at.x), y: round2(at.y), visible: true };
    this.editor.changes.carryOut(drawingShape(this.editor, "set point", { kind: "points", geom: { points: [point] } }));
  }

  cancel(): void {}
  draw(): void {}
}
