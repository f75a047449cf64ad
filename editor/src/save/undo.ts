/** Undo outlives a reload: what can be undone is kept in the browser, for its user and label. */

import { sameState, type Edit, type State } from "../shapes/store";
import { Latest } from "./latest";

export interface Undoable {
  /** The last is undone first. */
  done: readonly Edit[];
  /** The last is redone first. */
  undone: readonly Edit[];
}

export interface KeptUndo extends Undoable {
  /** Revisions of shapes that are gone: what brings them back is based on these. */
  revs: [string, number][];
  at: number;
}

const STORE = "labels";
const MOST_LABELS = 100;
const MOST_EDITS = 200;
/** Of coordinates: writing more at every gesture would be felt. */
const MOST_NUMBERS = 100_000;

/** What still fits the shapes as they are now: nobody's later work is undone by it. */
export function fitting(shapes: ReadonlyMap<string, State>, { done, undone }: Undoable): Undoable {
  return { done: last(done, shapes, "after", "before"), undone: last(undone, shapes, "before", "after") };
}

/** The last edits that lead from the shapes of now, one after the other, to states of before. */
function last(edits: readonly Edit[], shapes: ReadonlyMap<string, State>, from: "before" | "after", to: "before" | "after"): Edit[] {
  const there = new Map<string, State | null>(shapes);
  let first = edits.length;
  for (; first > 0; first--) {
    const { changes } = edits[first - 1];
    if (!changes.every((change) => sameState(there.get(change.id) ?? null, change[from]))) break;
    for (const change of changes) there.set(change.id, change[to]);
  }
  return edits.slice(first);
}

/** No more than can be written at every gesture. */
export function shortened({ done, undone }: Undoable): Undoable {
  const budget = { edits: MOST_EDITS, numbers: MOST_NUMBERS };
  const newest = (edits: readonly Edit[]) => {
    let first = edits.length;
    while (first > 0 && budget.edits > 0 && (budget.numbers = without(edits[first - 1], budget.numbers)) > 0) {
      first--;
      budget.edits--;
    }
    return edits.slice(first);
  };
  return { done: newest(done), undone: newest(undone) };
}

/** What is left of a number of numbers; an edit of thousands of shapes is not counted to its end. */
function without({ changes }: Edit, numbers: number): number {
  for (const { before, after } of changes) if ((numbers -= lengthOf(before) + lengthOf(after)) <= 0) break;
  return numbers;
}

const lengthOf = (shape: State | null): number =>
  shape?.kind === "polygon" ? shape.geom.rings.reduce((sum, ring) => sum + ring.length, 8) : 8;

/** A database of its own: the journal, on which all depends, is never upgraded for a comfort. */
let database: Promise<IDBDatabase> | null = null;

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("s3label undo", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE).createIndex("at", "at");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  database ??= opened();
  const transaction = (await database).transaction(STORE, mode);
  const request = act(transaction.objectStore(STORE));
  // Else it ends with the page if that goes away now.
  transaction.commit();
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result as T);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

export class UndoKeeper {
  private readonly key: string;
  private readonly latest = new Latest<KeptUndo>((kept) => run("readwrite", (store) => store.put(kept, this.key)));

  constructor(user: number, label: number) {
    this.key = `user ${user}, label ${label}`;
  }

  /** Null as well where the browser stores nothing: undo is a comfort, and then ends with the page. */
  async load(): Promise<KeptUndo | null> {
    try {
      if ((await run<number>("readonly", (store) => store.count())) > MOST_LABELS) await this.forgetOldest();
      return (await run<KeptUndo | undefined>("readonly", (store) => store.get(this.key))) ?? null;
    } catch {
      return null;
    }
  }

  /** Write it soon. */
  keep(kept: KeptUndo): void {
    this.latest.keep(kept);
  }

  keepNow(): void {
    this.latest.keepNow();
  }

  private async forgetOldest(): Promise<void> {
    const keys = await run<IDBValidKey[]>("readonly", (store) => store.index("at").getAllKeys(null, MOST_LABELS / 2));
    for (const key of keys) await run("readwrite", (store) => store.delete(key));
  }
}
