/** Draws an area in one stroke; with Shift it is added to a shape, with Alt taken away. */

import { allowedArea, covering, Refused, withRings } from "../edits";
import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import { difference, enclosed, union } from "../shapes/boolean";
import { ringsOf } from "../shapes/geometry";
import type { Point, Ring, Shape } from "../shapes/types";
import { drawDraft } from "./draft";
import type { Pointer, Tool } from "./tool";

export class FreehandTool implements Tool {
  readonly name = "freehand";
  readonly cursor = "crosshair";
  readonly hint = "Draw round the object. Shift adds to a shape, Alt takes away.";
  private stroke: Ring = [];

  constructor(private readonly editor: Editor) {}

  get isBusy(): boolean {
    return this.stroke.length > 0;
  }

  down({ at }: Pointer): void {
    this.stroke = [at.x, at.y];
  }

  move(_pointer: Pointer, passed: Point[]): void {
    if (!this.isBusy) return;
    // A third of a screen pixel: more is not to be seen, and only makes the stroke heavy.
    const least = 0.33 / this.editor.view.s;
    for (const { x, y } of passed) {
      const [lastX, lastY] = this.stroke.slice(-2);
      if (Math.hypot(x - lastX, y - lastY) >= least) this.stroke.push(x, y);
    }
    this.editor.onDraw();
  }

  up(pointer: Pointer): void {
    if (!this.isBusy) return;
    this.move(pointer, [pointer.at]);
    const { stroke, editor } = this;
    this.cancel();
    const loop = stroke.length >= 6 ? enclosed(stroke, 1 / editor.view.s) : [];
    if (!loop.length) {
      const hit = stroke.length < 12 ? editor.shapeAt(pointer.at) : null;
      if (stroke.length < 12) return editor.select(hit ? [hit.id] : []);
      return editor.say("Draw round the object: the stroke encloses nothing.", "warning");
    }
    if (pointer.alt) this.erase(loop);
    else if (pointer.shift) this.append(loop);
    else editor.addArea("draw freehand", loop);
  }

  cancel(): void {
    this.stroke = [];
    this.editor.onDraw();
  }

  draw(context: Canvas2D): void {
    if (this.isBusy) drawDraft(context, this.editor, this.stroke, true);
  }

  /** The selected areas, or else those that the loop touches. */
  private targets(loop: Ring[]): Shape[] {
    const selected = this.editor.selected.filter((shape) => ringsOf(shape).length);
    return selected.length ? selected : [...covering(loop, this.editor.document!.store.shapes.values())];
  }

  private append(loop: Ring[]): void {
    const { editor } = this;
    const touched = this.targets(loop).filter((shape) => shape.class === editor.activeClass || editor.selection.size);
    const target = touched.sort((a, b) => b.z - a.z)[0];
    if (!target) return editor.addArea("draw freehand", loop);
    const others = [...editor.document!.store.shapes.values()].filter(({ id }) => id !== target.id);
    try {
      const area = allowedArea(loop, others, editor.ground);
      const after = withRings(target, union(ringsOf(target), area));
      editor.commit("add to shape", [{ id: target.id, after }]);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      editor.say(problem.message, "warning");
    }
    editor.select([target.id]);
  }

  private erase(loop: Ring[]): void {
    const { editor } = this;
    const targets = this.targets(loop);
    if (!targets.length) return editor.say("There is nothing to take away from here.", "warning");
    const states = targets.map((shape) => ({
      id: shape.id,
      after: withRings(shape, difference(ringsOf(shape), loop)),
    }));
    if (!editor.commit("take away", states)) return;
    editor.select(states.flatMap(({ id, after }) => (after && editor.selection.has(id) ? [id] : [])));
  }
}
