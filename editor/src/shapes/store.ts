/** The shapes of a label, and undo and redo of every change of them. */

import { sameShape } from "./geometry";
import type { Shape } from "./types";

export interface Change {
  id: string;
  before: Shape | null;
  after: Shape | null;
}

/** One action of the user, whatever it changed. */
export interface Edit {
  name: string;
  changes: Change[];
}

export type Listener = (changes: Change[]) => void;

export class Store {
  readonly shapes = new Map<string, Shape>();
  private done: Edit[] = [];
  private undone: Edit[] = [];
  private order: Shape[] | null = null;
  private readonly listeners: Listener[] = [];

  constructor(shapes: Iterable<Shape> = []) {
    for (const shape of shapes) this.shapes.set(shape.id, shape);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Replace, add (new id) or delete (null) shapes as one entry of the history. */
  edit(name: string, states: { id: string; after: Shape | null }[]): void {
    const changes = states
      .map(({ id, after }) => ({ id, before: this.shapes.get(id) ?? null, after }))
      .filter(({ before, after }) => !sameShape(before, after));
    if (!changes.length) return;
    this.done.push({ name, changes });
    this.undone = [];
    this.apply(changes);
  }

  get undoName(): string | null {
    return this.done.at(-1)?.name ?? null;
  }

  get redoName(): string | null {
    return this.undone.at(-1)?.name ?? null;
  }

  /** All that can be undone and redone, each with the next one last. */
  get history(): { done: readonly Edit[]; undone: readonly Edit[] } {
    return { done: this.done, undone: this.undone };
  }

  /** Go on with what could be undone before; it has to fit the shapes that are there. */
  recall(done: readonly Edit[], undone: readonly Edit[]): void {
    this.done = [...done];
    this.undone = [...undone];
  }

  undo(): Edit | null {
    const edit = this.done.pop();
    if (!edit) return null;
    this.undone.push(edit);
    this.apply(edit.changes.map(({ id, before, after }) => ({ id, before: after, after: before })));
    return edit;
  }

  redo(): Edit | null {
    const edit = this.undone.pop();
    if (!edit) return null;
    this.done.push(edit);
    this.apply(edit.changes);
    return edit;
  }

  /** Take states from elsewhere; history entries that touch these shapes cannot be undone. */
  merge(states: { id: string; after: Shape | null }[]): void {
    const ids = new Set(states.map(({ id }) => id));
    const untouched = (edit: Edit) => !edit.changes.some(({ id }) => ids.has(id));
    this.done = this.done.filter(untouched);
    this.undone = this.undone.filter(untouched);
    this.apply(
      states.map(({ id, after }) => ({ id, before: this.shapes.get(id) ?? null, after })),
    );
  }

  /** From back to front; shapes of the same z by their id, as on the server. */
  inOrder(): readonly Shape[] {
    this.order ??= [...this.shapes.values()].sort((a, b) => a.z - b.z || (a.id < b.id ? -1 : 1));
    return this.order;
  }

  get nextZ(): number {
    return (this.inOrder().at(-1)?.z ?? 0) + 1;
  }

  private apply(changes: Change[]): void {
    this.order = null;
    for (const { id, after } of changes) {
      if (after) this.shapes.set(id, after);
      else this.shapes.delete(id);
    }
    for (const listener of this.listeners) listener(changes);
  }
}
