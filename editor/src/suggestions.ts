/** What models suggest on the open label: which of it waits, which one is looked at, and deciding. */

import type { Board } from "./board";
import type { Suggestion } from "./save/api";
import { boxesMeet, boxOf, isHit } from "./shapes/geometry";
import type { Point, Shape } from "./shapes/types";
import { seenBox } from "./view";

export interface Wanted {
  /** Empty: every model. */
  model: string;
  /** From 0 to 1; a suggestion without a score is always shown. */
  least: number;
}

export class Suggestions {
  onChange: () => void = () => {};
  private chosen: string | null = null;
  /** Of which model, and how sure at least, are those that one wants to see; it stays from image to image. */
  private wanted: Wanted = { model: "", least: 0 };

  constructor(private readonly editor: Board) {}

  /** Neither accepted nor rejected, the surest first. */
  get undecided(): Suggestion[] {
    const { document, editable } = this.editor;
    if (!document || !editable) return [];
    const { shapes, rejected } = document.store;
    return document.data.suggestions.filter(({ id }) => !shapes.has(id) && !rejected.has(id));
  }

  /** Those of them that one wants to see: the others are not drawn, and not decided on. */
  get waiting(): Suggestion[] {
    const { model, least } = this.filter;
    return this.undecided.filter((one) => (!model || one.model === model) && (one.score ?? 1) >= least);
  }

  /** As they are seen; of each it is always the same shape, whose box is known. */
  get shapes(): Shape[] {
    return this.waiting.map(seenAs);
  }

  /** The names of the models that suggest something on this image. */
  get models(): string[] {
    return [...new Set(this.editor.document?.data.suggestions.map(({ model }) => model))].sort();
  }

  /** A model that suggests nothing here would hide everything. */
  get filter(): Wanted {
    const { model, least } = this.wanted;
    return { model: this.models.includes(model) ? model : "", least };
  }

  show(wanted: Partial<Wanted>): void {
    this.wanted = { ...this.wanted, ...wanted };
    this.onChange();
    this.editor.onDraw();
  }

  /** The one that is looked at. */
  get current(): Suggestion | null {
    const { waiting } = this;
    return waiting.find(({ id }) => id === this.chosen) ?? null;
  }

  choose(id: string | null): void {
    this.chosen = id;
    const { current } = this;
    if (current) {
      this.editor.select([]);
      const { view, stage } = this.editor;
      if (!boxesMeet(boxOf(seenAs(current)), seenBox(view, stage))) this.editor.goTo(seenAs(current));
    }
    this.onChange();
    this.editor.onDraw();
  }

  step(by: number): void {
    const { waiting } = this;
    if (!waiting.length) return;
    const at = waiting.findIndex(({ id }) => id === this.chosen);
    const next = at < 0 ? (by > 0 ? 0 : waiting.length - 1) : (at + by + waiting.length) % waiting.length;
    this.choose(waiting[next].id);
  }

  /** The smallest one under a point. */
  at({ x, y }: Point): Suggestion | null {
    const size = (one: Suggestion) => {
      const { x0, y0, x1, y1 } = boxOf(seenAs(one));
      return (x1 - x0) * (y1 - y0);
    };
    const hit = this.waiting.filter((one) => isHit(seenAs(one), x, y, 3 / this.editor.view.s));
    return hit.sort((a, b) => size(a) - size(b))[0] ?? null;
  }

  /** Make shapes of suggestions; those that the task does not allow stay, in words. */
  accept(some: readonly Suggestion[], then = () => this.choose(this.after(some))): void {
    const { editor } = this;
    const name = some.length === 1 ? "accept a suggestion" : `accept ${some.length} suggestions`;
    const shapes = () => some.map((one, i) => shapeOf(one, editor.document!.store.nextZ + i));
    editor.changes.carryOut({
      order: () => ({ act: "add", name, shapes: shapes(), isSelected: false }),
      then: (isDone) => isDone && then(),
    });
  }

  /** Accept one and take hold of it, because it is nearly right. */
  correct(one: Suggestion): void {
    this.accept([one], () => {
      this.choose(null);
      this.editor.setTool("select");
      this.editor.select([one.id]);
    });
  }

  reject(some: readonly Suggestion[]): void {
    const next = this.after(some);
    const name = some.length === 1 ? "reject a suggestion" : `reject ${some.length} suggestions`;
    const ids = some.map(({ id }) => id);
    this.editor.changes.inTurn(() => this.editor.document!.store.edit(name, [], { ids, isRejected: true }));
    this.choose(next);
  }

  /** What one looks at when these are decided. */
  private after(some: readonly Suggestion[]): string | null {
    const gone = new Set(some.map(({ id }) => id));
    const { waiting } = this;
    const at = waiting.findIndex(({ id }) => gone.has(id));
    const left = [...waiting.slice(at + 1), ...waiting.slice(0, Math.max(0, at))].filter(({ id }) => !gone.has(id));
    return left[0]?.id ?? null;
  }
}

/** The shape that a suggestion becomes: it keeps the id, by which its origin stays known. */
export function shapeOf({ id, class: label, kind, geom, attrs }: Suggestion, z: number): Shape {
  return { id, class: label, z, attrs, kind, geom } as Shape;
}

const seen = new WeakMap<Suggestion, Shape>();

/** The shape as which a suggestion is seen. */
export function seenAs(one: Suggestion): Shape {
  let shape = seen.get(one);
  if (!shape) seen.set(one, (shape = shapeOf(one, 0)));
  return shape;
}
