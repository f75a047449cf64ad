/** What is drawn but not yet acknowledged by the server, kept in the browser over any crash. */

import type { Attempt } from "../gesture";
import { newId } from "../shapes/ids";
import type { State } from "../shapes/store";
import type { Operation } from "./wire";

/** The latest state of a shape or value, and the revision that it was made on. */
export interface KeptChange {
  id: string;
  base: number | null;
  shape: State | null;
  /** It is not sent again by itself: somebody has to look at it, for this reason. */
  why?: string;
}

export interface Kept {
  /** The operation that was sent and not answered; sent again as it is. */
  inFlight: Operation | null;
  /** Changes made since. */
  dirty: KeptChange[];
}

/** The journal of one page about one label. */
export interface Journal {
  write(kept: Kept | null): Promise<void>;
}

const STORE = "labels";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("s3label", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("The browser's storage is blocked."));
  });
}

let database: Promise<IDBDatabase> | null = null;

async function run<T>(
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<T> {
  database ??= opened();
  const db = await database;
  return new Promise((resolve, reject) => {
    // Strict: done means on the disk, so it survives the end of the browser and of the power.
    const transaction = db.transaction(STORE, mode, { durability: "strict" });
    const request = act(transaction.objectStore(STORE));
    // Else it ends with the page if that goes away now.
    transaction.commit();
    transaction.oncomplete = () => resolve(request.result as T);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** What is half drawn, as plain data: the class in which it was begun, and what its tool needs to go on. */
export interface HalfDrawn {
  label: number | null;
}

/** All that is half drawn on a page: no change yet, and nothing that is ever sent. */
export interface KeptHalfDrawn {
  tools: { name: string; kept: HalfDrawn }[];
  /** The tool in hand. */
  inHand: string | null;
  /** What was selected: Shift and Alt work on it. */
  selected: string[];
  /** What was drawn in one stroke, and was refused. */
  refused: Attempt | null;
}

async function put(key: string, value: unknown): Promise<void> {
  await run<unknown>("readwrite", (store) => (value === null ? store.delete(key) : store.put(value, key)));
}

/** Entries of one user and one label begin alike; nobody else's are ever read or sent. */
const prefix = (user: number, label: number): string => `user ${user}, label ${label}, `;

/** Stands before the key of a page's journal. */
const HALF_DRAWN = "half drawn, ";

/** Two tabs on one label have a journal each, so that neither deletes what the other keeps. */
export class BrowserJournal implements Journal {
  private readonly key: string;
  private letGo: () => void = () => {};

  constructor(user: number, label: number) {
    this.key = prefix(user, label) + newId();
    live.add(this.key);
    // Held until the page ends in whatever way: the sign for other tabs that it is alive.
    void navigator.locks?.request(this.key, () => new Promise<void>((resolve) => (this.letGo = resolve)));
  }

  async write(kept: Kept | null): Promise<void> {
    await put(this.key, kept);
  }

  async writeHalfDrawn(kept: KeptHalfDrawn | null): Promise<void> {
    await put(HALF_DRAWN + this.key, kept);
  }

  /** What is kept may be taken over by the next document of this label. */
  release(): void {
    live.delete(this.key);
    this.letGo();
  }
}

/** Keys of the journals of this very page. */
const live = new Set<string>();

export interface Leftover {
  key: string;
  kept: Kept;
}

/** All keys of a user, or of one of his labels, and which of them belong to pages that are alive. */
async function keysOf(begin: string): Promise<{ keys: string[]; held: Set<string> }> {
  const range = IDBKeyRange.bound(begin, `${begin}\uffff`);
  const keys = (await run("readonly", (store) => store.getAllKeys(range))) as string[];
  const locks = (await navigator.locks?.query())?.held ?? [];
  return { keys, held: new Set([...live, ...locks.map(({ name }) => name!)]) };
}

/** What pages that are gone could not send; empty where the browser stores nothing. */
export async function findLeftovers(user: number, label: number): Promise<Leftover[]> {
  return readLeft("", prefix(user, label));
}

/** The entries of pages that are gone, by what stands before the keys of their journals. */
async function readLeft<T>(before: string, begin: string): Promise<{ key: string; kept: T }[]> {
  try {
    const { keys, held } = await keysOf(before + begin);
    const found: { key: string; kept: T }[] = [];
    for (const key of keys.filter((one) => !held.has(one.slice(before.length)))) {
      const kept = await run<T | undefined>("readonly", (store) => store.get(key));
      if (kept) found.push({ key, kept });
    }
    return found;
  } catch {
    return [];
  }
}

export interface LeftBehind {
  /** The labels of which pages that are gone left something. */
  labels: number[];
  /** Another page that is alive has something to send, and will send it if it stays. */
  isOtherAtWork: boolean;
}

export async function findLabelsLeftBehind(user: number): Promise<LeftBehind> {
  try {
    const { keys, held } = await keysOf(`user ${user}, label `);
    const left = keys.filter((key) => !held.has(key)).map((key) => Number(/label (\d+), /.exec(key)![1]));
    return { labels: [...new Set(left)], isOtherAtWork: keys.some((key) => held.has(key) && !live.has(key)) };
  } catch {
    return { labels: [], isOtherAtWork: false };
  }
}

/** Only who holds this lock takes over what was left behind of a label. */
export const takeoverLock = (user: number, label: number): string => `s3label: user ${user} takes over label ${label}`;

export async function replaceLeftover(key: string, kept: Kept | null): Promise<void> {
  await put(key, kept);
}

export interface LeftHalfDrawn {
  kept: KeptHalfDrawn;
  forget(): Promise<void>;
}

/** What pages that are gone left half drawn; empty where the browser stores nothing. */
export async function findHalfDrawn(user: number, label: number): Promise<LeftHalfDrawn[]> {
  const found = await readLeft<KeptHalfDrawn>(HALF_DRAWN, prefix(user, label));
  return found.map(({ key, kept }) => ({ kept, forget: () => put(key, null) }));
}
