/** The shapes of a label and what is said of its image, and undo and redo of every change of them. */

import { isValueId, type ImageValue } from "../attributes";
import { fromBackToFront, sameShape, sameText } from "./geometry";
import { Places } from "./places";
import type { Box, Shape } from "./types";

/** Of something that is saved: a shape, or what is said of the image. */
export type State = Shape | ImageValue;

export interface Change {
  id: string;
  before: State | null;
  after: State | null;
}

export interface NewState {
  id: string;
  after: State | null;
}

/** One action of the user, whatever it changed. */
export interface Edit {
  name: string;
  changes: Change[];
  /** Of suggestions; it is undone like the rest. */
  rejects?: Rejects;
}

/** Suggestions that are rejected, or not any more. */
export interface Rejects {
  ids: string[];
  isRejected: boolean;
}

/** Of changes. */
const MANY = 1000;

export type Listener = (changes: Change[]) => void;

export class Store {
  readonly shapes = new Map<string, Shape>();
  readonly values = new Map<string, ImageValue>();
  /** The suggestions that are not wanted. */
  readonly rejected = new Set<string>();
  /** Counts the changes. */
  revision = 0;
  private done: Edit[] = [];
  private undone: Edit[] = [];
  private order: Shape[] | null = null;
  /** Made when something is first looked for. */
  private places: Places | null = null;
  private readonly listeners: Listener[] = [];
  private readonly rejectionListeners: (() => void)[] = [];

  constructor(shapes: Iterable<Shape> = [], values: Iterable<ImageValue> = []) {
    for (const shape of shapes) this.shapes.set(shape.id, shape);
    for (const value of values) this.values.set(value.id, value);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  onReject(listener: () => void): void {
    this.rejectionListeners.push(listener);
  }

  /** Replace, add (new id) or delete (null) shapes as one entry of the history. */
  edit(name: string, states: readonly NewState[], rejects?: Rejects): void {
    const changes = states
      .map(({ id, after }) => ({ id, before: this.state(id), after }))
      .filter(({ before, after }) => !sameState(before, after));
    if (!changes.length && !rejects) return;
    this.done.push(rejects ? { name, changes, rejects } : { name, changes });
    this.undone = [];
    this.apply(changes);
    if (rejects) this.reject(rejects);
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
    if (edit.rejects) this.reject({ ...edit.rejects, isRejected: !edit.rejects.isRejected });
    return edit;
  }

  redo(): Edit | null {
    const edit = this.undone.pop();
    if (!edit) return null;
    this.done.push(edit);
    this.apply(edit.changes);
    if (edit.rejects) this.reject(edit.rejects);
    return edit;
  }

  /** Take states from elsewhere; history entries that touch these shapes cannot be undone. */
  merge(states: NewState[]): void {
    const ids = new Set(states.map(({ id }) => id));
    const untouched = (edit: Edit) => !edit.changes.some(({ id }) => ids.has(id));
    this.done = this.done.filter(untouched);
    this.undone = this.undone.filter(untouched);
    this.apply(states.map(({ id, after }) => ({ id, before: this.state(id), after })));
  }

  inOrder(): readonly Shape[] {
    this.order ??= [...this.shapes.values()].sort(fromBackToFront);
    return this.order;
  }

  /** The shapes whose boxes meet a box, in no order. */
  meeting(box: Box): Set<Shape> {
    return this.prepared().meeting(box);
  }

  /** What finds shapes by their place takes a moment to be made where there are thousands. */
  prepared(): Places {
    return (this.places ??= new Places(this.shapes.values()));
  }

  get nextZ(): number {
    return (this.inOrder().at(-1)?.z ?? 0) + 1;
  }

  /** Shapes and what is said of the image, by their ids. */
  get states(): Map<string, State> {
    return new Map<string, State>([...this.shapes, ...this.values]);
  }

  has(id: string): boolean {
    return this.state(id) !== null;
  }

  private state(id: string): State | null {
    return this.shapes.get(id) ?? this.values.get(id) ?? null;
  }

  private reject({ ids, isRejected }: Rejects): void {
    for (const id of ids) {
      if (isRejected) this.rejected.add(id);
      else this.rejected.delete(id);
    }
    for (const listener of this.rejectionListeners) listener();
  }

  private apply(changes: Change[]): void {
    if (!changes.length) return;
    this.order = null;
    this.revision++;
    // To find places for thousands takes a moment, in which nobody points at them yet.
    if (changes.length > MANY) this.places = null;
    for (const { id, after } of changes) {
      const map: Map<string, State> = isValueId(id) ? this.values : this.shapes;
      const before = this.shapes.get(id);
      if (before) this.places?.remove(before);
      if (after) map.set(id, after);
      else map.delete(id);
      if (after && after.kind !== "value") this.places?.add(after);
    }
    for (const listener of this.listeners) listener(changes);
  }
}

/** Would both be stored alike? */
export function sameState(a: State | null, b: State | null): boolean {
  if (a === b || !a || !b) return a === b;
  if (a.kind === "value" || b.kind === "value") return a.kind === b.kind && sameText(a, b);
  return sameShape(a, b);
}
