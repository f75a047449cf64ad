/** One click, or Enter at a cross that keys move, marks the place that a comment is about; nothing is drawn by it. */

import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import type { Point } from "../shapes/types";
import { toImage, toScreen } from "../view";
import type { Pointer, Tool } from "./tool";

/** By how many screen pixels a key moves the cross. */
const STEP = 8;

export class CommentTool implements Tool {
  readonly name = "comment";
  readonly cursor = "crosshair";
  readonly guides = true;
  readonly isBusy = false;
  readonly isHarmless = true;
  readonly hint = "Click the place, or move the cross there by Ctrl and arrows and press Enter. Esc goes back.";
  /** Where the cross is, in image pixels. */
  private spot: Point | null = null;

  constructor(private readonly editor: Editor) {}

  takeUp(): void {
    this.spot = this.middle();
  }

  down(): void {}

  move(): void {}

  /** When the pointer is let go, because pressing it takes the focus to the image. */
  up({ at }: Pointer): void {
    const { width, height } = this.editor.image;
    if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) {
      return this.editor.say("That is outside the image.", "warning");
    }
    this.editor.onMark(at, this.editor.shapeAt(at));
  }

  finish(): void {
    const at = this.seen();
    this.editor.onMark(at, this.editor.shapeAt(at));
  }

  nudge(dx: number, dy: number): void {
    const { view } = this.editor;
    const { x, y } = this.seen();
    this.spot = this.inside({ x: x + (STEP * dx) / view.s, y: y + (STEP * dy) / view.s });
    this.editor.onDraw();
  }

  cancel(): void {}

  draw(context: Canvas2D): void {
    const { x, y } = toScreen(this.editor.view, this.seen());
    for (const [width, color] of [[4, "rgba(0, 0, 0, 0.6)"], [2, "#ffd54a"]] as const) {
      context.beginPath();
      context.moveTo(x - 9, y);
      context.lineTo(x + 9, y);
      context.moveTo(x, y - 9);
      context.lineTo(x, y + 9);
      context.lineWidth = width;
      context.strokeStyle = color;
      context.stroke();
    }
  }

  /** The cross; when the image was moved away under it, in the middle again. */
  private seen(): Point {
    const { view, stage } = this.editor;
    const at = toScreen(view, (this.spot ??= this.middle()));
    const isSeen = at.x >= 0 && at.y >= 0 && at.x <= stage.width && at.y <= stage.height;
    return isSeen ? this.spot : (this.spot = this.middle());
  }

  private middle(): Point {
    const { view, stage } = this.editor;
    return this.inside(toImage(view, { x: stage.width / 2, y: stage.height / 2 }));
  }

  private inside({ x, y }: Point): Point {
    const { width, height } = this.editor.ground;
    return { x: Math.min(width, Math.max(0, x)), y: Math.min(height, Math.max(0, y)) };
  }
}
