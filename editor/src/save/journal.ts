/** What is drawn but not yet acknowledged by the server, kept in the browser over any crash. */

import type { Attempt } from "../gesture";
import { newId } from "../shapes/ids";
import { NOTHING_STORED, planOf, type KeptChange, type Stored } from "./blocks";
import { read, Writing, type Step } from "./storage";
import type { Operation } from "./wire";

export interface Kept {
  /** The operation that was sent and not answered; sent again as it is. */
  inFlight: Operation | null;
  /** Changes made since. */
  dirty: KeptChange[];
}

/** The journal of one page about one label. */
export interface Journal {
  /** `isLast`: the page goes away, and what is being written is not waited for. */
  write(kept: Kept | null, isLast?: boolean): Promise<void>;
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
  await new Writing().run([(store) => (value === null ? store.delete(key) : store.put(value, key))]);
}

/** Stands behind the key of a journal, before the number of the block. */
const BLOCK = ", block ";
const blocksOf = (key: string): IDBKeyRange => IDBKeyRange.bound(key + BLOCK, `${key + BLOCK}\uffff`);

/** The steps that bring the storage from one state to another, and that other state. */
function stepsTo(key: string, before: Stored, kept: Kept | null): { steps: Step[]; then: Stored } {
  const { put, remove, then } = planOf(before, kept?.dirty ?? []);
  const steps: Step[] = [
    ...remove.map((number): Step => (store) => store.delete(key + BLOCK + number)),
    ...put.map(([number, block]): Step => (store) => store.put(block, key + BLOCK + number)),
    (store) => (kept ? store.put({ ...kept, dirty: then.first }, key) : store.delete(key)),
  ];
  return { steps, then };
}

/** The same, whatever lies there. */
function anew(key: string, kept: Kept | null): { steps: Step[]; then: Stored } {
  const { steps, then } = stepsTo(key, NOTHING_STORED, kept);
  return { steps: [(store) => store.delete(blocksOf(key)), ...steps], then };
}

/** Entries of one user and one label begin alike; nobody else's are ever read or sent. */
const prefix = (user: number, label: number): string => `user ${user}, label ${label}, `;

/** Stands before the key of a page's journal. */
const HALF_DRAWN = "half drawn, ";

/** Two tabs on one label have a journal each, so that neither deletes what the other keeps. */
export class BrowserJournal implements Journal {
  private readonly key: string;
  private letGo: () => void = () => {};
  private stored = NOTHING_STORED;
  private writing: Writing | null = null;
  private last: Promise<void> | null = null;

  constructor(user: number, label: number) {
    this.key = prefix(user, label) + newId();
    live.add(this.key);
    // Held until the page ends in whatever way: the sign for other tabs that it is alive.
    void navigator.locks?.request(this.key, () => new Promise<void>((resolve) => (this.letGo = resolve)));
  }

  async write(kept: Kept | null, isLast = false): Promise<void> {
    if (isLast) return (this.last = this.writeLast(kept));
    await this.last?.catch(() => undefined);
    const { steps, then } = stepsTo(this.key, this.stored, kept);
    this.writing = new Writing();
    if (await this.writing.run(steps)) this.stored = then;
  }

  /** Whether what was being written came to its end is not known, so nothing of it is relied on. */
  private async writeLast(kept: Kept | null): Promise<void> {
    this.writing?.giveUp();
    const { steps, then } = anew(this.key, kept);
    if (await new Writing().run(steps, true)) this.stored = then;
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
  const all = await read<string[]>((store) => store.getAllKeys(range));
  const keys = all.filter((key) => !key.includes(BLOCK));
  const locks = (await navigator.locks?.query())?.held ?? [];
  return { keys, held: new Set([...live, ...locks.map(({ name }) => name!)]) };
}

/** What pages that are gone could not send; empty where the browser stores nothing. */
export async function findLeftovers(user: number, label: number): Promise<Leftover[]> {
  return readLeft<Kept>("", prefix(user, label), async (key, kept) => ({ ...kept, dirty: [...kept.dirty, ...(await readBlocks(key))] }));
}

/** Block by block, since to take over all of them at once would be felt. */
async function readBlocks(key: string): Promise<KeptChange[]> {
  const changes: KeptChange[][] = [];
  for (const block of await read<IDBValidKey[]>((store) => store.getAllKeys(blocksOf(key)))) {
    changes.push(await read<KeptChange[]>((store) => store.get(block)));
  }
  return changes.flat();
}

/** The entries of pages that are gone, by what stands before the keys of their journals. */
async function readLeft<T>(
  before: string,
  begin: string,
  whole = async (_key: string, kept: T): Promise<T> => kept,
): Promise<{ key: string; kept: T }[]> {
  try {
    const { keys, held } = await keysOf(before + begin);
    const found: { key: string; kept: T }[] = [];
    for (const key of keys.filter((one) => !held.has(one.slice(before.length)))) {
      const kept = await read<T | undefined>((store) => store.get(key));
      if (kept) found.push({ key, kept: await whole(key, kept) });
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
  await new Writing().run(anew(key, kept).steps);
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
