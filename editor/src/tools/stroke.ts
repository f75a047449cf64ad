/** What is drawn in one stroke: from the pointer going down until it goes up. */

import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import { boxOfRings } from "../shapes/geometry";
import type { Point, Ring } from "../shapes/types";
import { drawDraft } from "./draft";
import type { Pointer, Tool } from "./tool";

export abstract class StrokeTool implements Tool {
  abstract readonly name: string;
  abstract readonly hint: string;
  readonly cursor = "crosshair";
  protected readonly isClosed: boolean = false;
  protected stroke: Ring = [];

  constructor(protected readonly editor: Editor) {}

  /** Add to the stroke where the pointer passed. */
  protected abstract follow(pointer: Pointer, passed: Point[]): void;
  /** Do with a whole stroke what the tool is for. */
  protected abstract use(stroke: Ring, pointer: Pointer): void;

  get isBusy(): boolean {
    return this.stroke.length > 0;
  }

  down({ at }: Pointer): void {
    this.stroke = [at.x, at.y];
  }

  move(pointer: Pointer, passed: Point[]): void {
    if (!this.isBusy) return;
    this.follow(pointer, passed);
    this.editor.onDraw();
  }

  up(pointer: Pointer): void {
    if (!this.isBusy) return;
    this.move(pointer, [pointer.at]);
    const { stroke, editor } = this;
    this.cancel();
    const box = boxOfRings([stroke]);
    if (Math.max(box.x1 - box.x0, box.y1 - box.y0) * editor.view.s < 4) {
      // A click, not a stroke: choose what is there.
      const hit = editor.shapeAt(pointer.at);
      return editor.select(hit ? [hit.id] : []);
    }
    this.use(stroke, pointer);
  }

  cancel(): void {
    this.stroke = [];
    this.editor.onDraw();
  }

  draw(context: Canvas2D): void {
    if (this.isBusy) this.sketch(this.stroke)(context);
  }

  /** The stroke as it looks, also when it is whole and waits for what becomes of it. */
  protected sketch(stroke: Ring): (context: Canvas2D) => void {
    const { editor, isClosed } = this;
    const color = editor.activeColor;
    return (context) => drawDraft(context, editor, stroke, isClosed, color);
  }
}
