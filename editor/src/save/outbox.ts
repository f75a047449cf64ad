/**
 * Sends what was drawn on one label: the latest state of each changed shape, one operation
 * at a time, the same operation again until it is answered.
 */

import { isValueId } from "../attributes";
import type { Change, NewState, State } from "../shapes/store";
import { NoAnswer, type Reply } from "./api";
import type { Journal, Kept } from "./journal";
import type { KeptChange } from "./blocks";
import type { Operation, SentChange } from "./wire";

export type SaveState = "saved" | "saving" | "offline" | "login" | "refused" | "stopped";

export interface Conflict {
  id: string;
  mine: State | null;
  /** The server's state, null when the shape was deleted there. */
  theirs: State | null;
}

/** A state as the server has it, or that it has it no more. */
export type ServerState = State & { rev: number; deleted?: boolean };

function stateOf({ rev: _, deleted, ...state }: ServerState): State | null {
  return deleted ? null : (state as State);
}

export interface Hooks {
  send(operation: Operation): Promise<Reply>;
  /** What has become of the label since a revision. */
  since(rev: number): Promise<Reply>;
  /** The answer to that. */
  onOthers(body: Reply["body"]): void;
  journal: Journal;
  onState(state: SaveState, words: string): void;
  onConflict(conflicts: Conflict[]): void;
  newId(): string;
  /** Calls back after so many milliseconds; returns a function that takes it back. */
  later(ms: number, callback: () => void): () => void;
}

/** A gesture is sent when nothing follows within this time… */
const QUIET_MS = 350;
/** …and at the latest after this. */
const MOST_MS = 1500;
/** An answer that takes longer is not waited for in silence. */
const SLOW_MS = 8000;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const MOST_CHANGES = 2000;
/** Of all rings in one operation: to make text of more would be felt. */
const MOST_NUMBERS = 50_000;
/** Of changes: to look through them takes a while. */
const MANY = 1000;

export class Outbox {
  /** All that the server had at this revision is known here. */
  head: number;
  /** How often one heard that others did something, which is not known here yet. */
  private news = 0;
  private readonly revs = new Map<string, number>();
  private readonly dirty = new Map<string, State | null>();
  /** States that the server will never store; each waits for another edit of its shape. */
  private readonly refused = new Map<string, { shape: State | null; why: string }>();
  private inFlight: Operation | null = null;
  private sending = false;
  private stoppedBy: string | null = null;
  private failures = 0;
  private isServerFull = false;
  private oldest = 0;
  private takeBack: (() => void) | null = null;
  private writing: Promise<void> | null = null;
  private isKept = true;
  private hasStorage = true;
  private waiters: (() => void)[] = [];

  constructor(
    head: number,
    revs: Iterable<[string, number]>,
    private readonly hooks: Hooks,
  ) {
    this.head = head;
    this.revs = new Map(revs);
  }

  /** Nothing waits to be sent. */
  get isIdle(): boolean {
    return !this.inFlight && !this.dirty.size && !this.news;
  }

  /** The server has everything. */
  get isSaved(): boolean {
    return this.isIdle && !this.refused.size;
  }

  /** Is there anything that neither the server nor the browser's storage has? */
  get isUnkept(): boolean {
    return !this.isSaved && (this.writing !== null || !this.hasStorage);
  }

  get unsavedCount(): number {
    return new Set([...this.dirty.keys(), ...this.refused.keys(), ...(this.inFlight?.changes.map(({ id }) => id) ?? [])]).size;
  }

  /** The base of a change that brings back a shape which this page never saw. */
  learn(id: string, rev: number): void {
    if (!this.revs.has(id)) this.revs.set(id, rev);
  }

  /** Revisions of these shapes, as far as they are known. */
  revsOf(ids: Iterable<string>): [string, number][] {
    return [...ids].flatMap((id) => (this.revs.has(id) ? [[id, this.revs.get(id)!] as [string, number]] : []));
  }

  /** Take over what an earlier page left behind; resolves when this page keeps it. */
  async restore(changes: KeptChange[], inFlight: Operation | null = null): Promise<void> {
    this.inFlight = inFlight;
    for (const { id, base } of [...(inFlight?.changes ?? []), ...changes]) {
      // An older base lets the server notice that somebody else was faster.
      if (base === null) this.revs.delete(id);
      else this.revs.set(id, base);
    }
    for (const { id, shape } of changes) this.dirty.set(id, shape);
    this.keep();
    this.schedule(0);
    this.hooks.onState("saving", "Saving…");
    await this.writing;
  }

  /** Resolves when the journal has what is unsaved. */
  async written(): Promise<void> {
    await this.writing;
  }

  /** Others did something: ask for it, after what is on its way, which they may have changed too. */
  hear(): void {
    if (this.stoppedBy) return;
    this.news++;
    this.schedule(0);
  }

  /**
   * What others saved until a revision; returns what of it is to be shown here. A shape
   * that is changed here too keeps its base, so that the server sees the conflict.
   */
  follow(rev: number, states: ServerState[]): NewState[] {
    const mine = new Set([...this.dirty.keys(), ...this.refused.keys()]);
    const news = states.filter(({ id, rev: theirs }) => !mine.has(id) && theirs > (this.revs.get(id) ?? 0));
    for (const { id, rev: theirs } of news) this.revs.set(id, theirs);
    this.head = Math.max(this.head, rev);
    return news.map((state) => ({ id: state.id, after: stateOf(state) }));
  }

  /** Changes were made: keep them in the browser, then send them soon. */
  note(changes: Change[]): void {
    for (const { id, after } of changes) {
      this.dirty.set(id, after);
      this.refused.delete(id);
    }
    this.keep();
    if (this.stoppedBy) return;
    this.oldest ||= Date.now();
    this.schedule(Math.max(0, Math.min(QUIET_MS, this.oldest + MOST_MS - Date.now())));
    if (this.failures) void this.sayOffline();
    else this.hooks.onState("saving", "Saving…");
  }

  /** Send now; resolves when all is saved, or with false when it cannot be within `ms`. */
  async flush(ms: number): Promise<boolean> {
    if (this.isSaved) return true;
    if (this.isIdle || this.stoppedBy) return false;
    if (!this.sending) this.schedule(0);
    await new Promise<void>((resolve) => {
      this.waiters.push(resolve);
      this.hooks.later(ms, resolve);
    });
    return this.isSaved;
  }

  /** Try again at once, for example when the network is back. */
  wake(): void {
    if (!this.isIdle && !this.stoppedBy) this.schedule(0);
  }

  /** Send no more; what is not saved stays in the journal. */
  close(): void {
    this.takeBack?.();
    this.stoppedBy ??= "This image was opened again.";
  }

  /** The page goes away: what the journal has not got is written without waiting for what is being written. */
  keepNow(): void {
    if (this.writing) void this.hooks.journal.write(this.unsaved(), true).catch(() => undefined);
  }

  private schedule(ms: number): void {
    this.takeBack?.();
    this.takeBack = this.hooks.later(ms, () => void this.pump());
  }

  /** Mirror what is unsaved into the journal; while a write is under way, only the latest waits. */
  private keep(): void {
    this.isKept = false;
    this.writing ??= this.write();
  }

  private async write(): Promise<void> {
    while (!this.isKept) {
      // So many have just been changed: that was work enough for one task.
      if (this.dirty.size > MANY) await new Promise<void>((turn) => this.hooks.later(0, turn));
      this.isKept = true;
      const kept = this.unsaved();
      try {
        await this.hooks.journal.write(kept);
      } catch {
        // Without storage (a private window, a full disk) saving online goes on as always.
        this.hasStorage = false;
        break;
      }
      this.hasStorage = true;
    }
    this.writing = null;
  }

  private unsaved(): Kept | null {
    if (!this.dirty.size && !this.refused.size && !this.inFlight) return null;
    const base = (id: string) => this.revs.get(id) ?? null;
    const refused = [...this.refused].map(([id, { shape, why }]): KeptChange => ({ id, base: base(id), shape, why }));
    const dirty = [...this.dirty].map(([id, shape]): KeptChange => ({ id, base: base(id), shape }));
    return { inFlight: this.inFlight, dirty: [...refused, ...dirty] };
  }

  private nextOperation(): Operation | null {
    const changes: SentChange[] = [];
    let numbers = 0;
    for (const [id, shape] of this.dirty) {
      numbers += shape?.kind === "polygon" ? shape.geom.rings.reduce((sum, ring) => sum + ring.length, 0) : 8;
      if (changes.length === MOST_CHANGES || (changes.length && numbers > MOST_NUMBERS)) break;
      this.dirty.delete(id);
      const base = this.revs.get(id) ?? null;
      if (shape) {
        const { id: _, ...state } = shape;
        changes.push({ id, base, shape: state as SentChange["shape"] });
      } else if (base !== null) {
        changes.push({ id, base, shape: null });
      }
    }
    this.oldest = 0;
    return changes.length ? { op_id: this.hooks.newId(), changes } : null;
  }

  private async pump(): Promise<void> {
    if (this.sending || this.stoppedBy) return;
    if (this.news && !this.inFlight) return this.catchUp();
    this.inFlight ??= this.nextOperation();
    const operation = this.inFlight;
    if (!operation) return this.settle();
    this.keep();
    const reply = await this.ask(() => this.hooks.send(operation));
    if (reply) this.receive(operation, reply);
  }

  /** What others saved is shown before it is said that all is saved. */
  private async catchUp(): Promise<void> {
    const { news } = this;
    const reply = await this.ask(() => this.hooks.since(this.head));
    if (!reply) return;
    if (reply.status !== 200) return this.stop(reply);
    // What one heard of meanwhile is asked for after it.
    this.news -= news;
    this.hooks.onOthers(reply.body);
    this.settle();
  }

  /** The server's answer; null if it is to be asked again later. */
  private async ask(call: () => Promise<Reply>): Promise<Reply | null> {
    this.sending = true;
    const answered = this.hooks.later(SLOW_MS, () => void this.sayOffline());
    let reply: Reply | null = null;
    try {
      reply = await call();
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
    } finally {
      this.sending = false;
      answered();
    }
    this.isServerFull = reply?.status === 507;
    if (!reply || reply.status >= 500 || reply.status === 429) this.retry();
    else if (reply.status === 401 || (reply.status === 403 && reply.body.error === "refused")) this.waitForLogin();
    else {
      this.failures = 0;
      return reply;
    }
    return null;
  }

  private receive(operation: Operation, reply: Reply): void {
    if (reply.status === 200) {
      const rev = reply.body.rev as number;
      for (const { id } of operation.changes) this.revs.set(id, rev);
      // A larger step than that of one's own change: others saved in between.
      if (rev > this.head + 1) this.news++;
      else this.head = rev;
    } else if (reply.body.error === "conflict") {
      this.resolveConflict(operation, reply.body);
    } else if (reply.body.error === "invalid") {
      this.refuse(operation, reply.body);
    } else {
      return this.stop(reply);
    }
    this.inFlight = null;
    this.settle();
  }

  private settle(): void {
    this.keep();
    if (this.dirty.size || this.news) return this.schedule(0);
    if (this.refused.size) {
      const [{ why }] = this.refused.values();
      const n = this.refused.size;
      const what = [...this.refused.keys()].some(isValueId) ? "change" : "shape";
      this.hooks.onState("refused", `${n} ${what}${n === 1 ? " is" : "s are"} not saved: ${why}`);
    } else {
      this.hooks.onState("saved", "Saved");
    }
    this.waiters.splice(0).forEach((resolve) => resolve());
  }

  private retry(): void {
    const wait = RETRY_MS[Math.min(this.failures++, RETRY_MS.length - 1)];
    this.schedule(wait * (0.75 + Math.random() / 2));
    void this.sayOffline();
  }

  /** Said when it is true: the browser's storage has what was drawn. */
  private async sayOffline(): Promise<void> {
    await this.writing;
    // The answer may have come meanwhile.
    if (this.isIdle || this.stoppedBy || (!this.failures && !this.sending)) return;
    const n = this.unsavedCount;
    const why = this.isServerFull ? "The server's disk is full" : "Offline";
    // Only what others drew is missing.
    if (!n) return this.hooks.onState("offline", why);
    const changes = n === 1 ? "1 change" : `${n} changes`;
    const kept = this.hasStorage ? `${changes} kept` : `${changes} in this page only: leave it open`;
    this.hooks.onState("offline", `${why}, ${kept}`);
  }

  private waitForLogin(): void {
    this.schedule(3000);
    this.hooks.onState("login", "Log in again; your changes are kept");
  }

  private stop(reply: Reply): void {
    const gone = "This image was given back to the queue.";
    const said = reply.body.message ?? `The server refused it (${reply.status}).`;
    this.stoppedBy = `${reply.status === 404 ? gone : said} Your last changes are kept in this browser.`;
    this.keep();
    this.hooks.onState("stopped", this.stoppedBy);
    this.waiters.splice(0).forEach((resolve) => resolve());
  }

  /** Part of the operation can never be stored: that waits for another edit, the rest goes again. */
  private refuse(operation: Operation, body: Reply["body"]): void {
    const problems = (body.problems ?? []) as { id?: string | null; message: string }[];
    const reasons = new Map(problems.map(({ id, message }) => [id, message]));
    const isNamed = operation.changes.some(({ id }) => reasons.has(id));
    for (const { id, shape } of operation.changes) {
      if (this.dirty.has(id)) continue;
      const state = shape && ({ ...shape, id } as State);
      const why = isNamed ? reasons.get(id) : String(body.message);
      if (why === undefined) this.dirty.set(id, state);
      else this.refused.set(id, { shape: state, why });
    }
  }

  /** The server's states win their ids; what I drew is handed over, nothing is dropped. */
  private resolveConflict(operation: Operation, body: Reply["body"]): void {
    const theirs = new Map((body.shapes as ServerState[]).map((state) => [state.id, state]));
    this.news++;
    const conflicts: Conflict[] = [];
    for (const { id, shape } of operation.changes) {
      const state = theirs.get(id);
      const mine = this.dirty.has(id) ? this.dirty.get(id)! : shape && ({ ...shape, id } as State);
      if (!state) {
        // Stopped only by its neighbours in the operation: send it again.
        if (!this.dirty.has(id)) this.dirty.set(id, mine);
        // A conflict that names no shape: the server knows none of them, so they are new.
        if (!theirs.size) this.revs.delete(id);
        continue;
      }
      this.dirty.delete(id);
      this.revs.set(id, state.rev);
      conflicts.push({ id, mine, theirs: stateOf(state) });
    }
    this.hooks.onConflict(conflicts);
  }
}
