/** A server in the test's memory that saves as labeling/saving.py does, on a bad line. */

import { NoAnswer, type Reply } from "../src/save/api";
import type { Operation } from "../src/save/wire";
import type { Journal, Kept } from "../src/save/journal";
import { Outbox, type Conflict, type Hooks, type ServerState } from "../src/save/outbox";
import { Store } from "../src/shapes/store";
import type { Shape } from "../src/shapes/types";

export class Server {
  rev = 0;
  readonly shapes = new Map<string, { rev: number; state: string | null }>();
  private readonly answers = new Map<string, { text: string; reply: Reply }>();
  applied = 0;
  /** What the line does to a request: it is lost, or only its answer is. */
  line: () => "request lost" | "answer lost" | "well" = () => "well";
  refuses: (id: string) => boolean = () => false;
  /** It answers only when it is woken. */
  isSlow = false;
  isFull = false;
  wake: () => void = () => {};

  async save(operation: Operation): Promise<Reply> {
    if (this.isSlow) await new Promise<void>((resolve) => (this.wake = resolve));
    if (this.isFull) return { status: 507, body: { error: "full", message: "…" } };
    const fate = this.line();
    if (fate === "request lost") throw new NoAnswer();
    const reply = this.handle(operation);
    if (fate === "answer lost") throw new NoAnswer();
    return structuredClone(reply);
  }

  private handle(operation: Operation): Reply {
    const known = this.answers.get(operation.op_id);
    const text = JSON.stringify(operation.changes);
    if (known) {
      if (known.text !== text) throw new Error("an op_id came with other changes");
      return known.reply;
    }
    const bad = operation.changes.filter(({ id }) => this.refuses(id));
    if (bad.length) {
      const problems = bad.map(({ id }) => ({ id, message: "too odd" }));
      return { status: 422, body: { error: "invalid", message: "too odd", problems } };
    }
    const reply = this.apply(operation);
    this.answers.set(operation.op_id, { text, reply });
    return reply;
  }

  private apply(operation: Operation): Reply {
    const lost = operation.changes.filter(({ id, base }) => base !== (this.shapes.get(id)?.rev ?? null));
    if (lost.length) {
      const shapes = lost.flatMap(({ id }) => {
        const now = this.shapes.get(id);
        if (!now) return [];
        return now.state ? { id, ...JSON.parse(now.state), rev: now.rev } : { id, deleted: true, rev: now.rev };
      });
      return { status: 409, body: { error: "conflict", message: "…", rev: this.rev, shapes } };
    }
    this.rev++;
    this.applied++;
    for (const { id, shape } of operation.changes) {
      this.shapes.set(id, { rev: this.rev, state: shape && JSON.stringify(shape) });
    }
    return { status: 200, body: { rev: this.rev } };
  }

  /** What a page gets that opens the label now. */
  get current(): Map<string, Shape> {
    const found = new Map<string, Shape>();
    for (const [id, { state }] of this.shapes) if (state) found.set(id, { id, ...JSON.parse(state) });
    return found;
  }

  since(rev: number): ServerState[] {
    const found = [...this.shapes].filter(([, now]) => now.rev > rev);
    return found.map(([id, now]) => ({ ...JSON.parse(now.state ?? '{"deleted":true}'), id, rev: now.rev }));
  }

  async changesSince(rev: number): Promise<Reply> {
    if (this.line() !== "well") throw new NoAnswer();
    return structuredClone({ status: 200, body: { rev: this.rev, shapes: this.since(rev) } });
  }

  get revs(): [string, number][] {
    return [...this.shapes].filter(([, { state }]) => state).map(([id, { rev }]) => [id, rev]);
  }
}

// Node's; the types here are those of a browser.
const afterMicrotasks = (globalThis as unknown as { setImmediate(callback: (value?: unknown) => void): void }).setImmediate;

/** Time that runs only when the test lets it. */
export class Clock {
  private readonly timers = new Set<{ at: number; callback: () => void }>();
  private now = 0;

  later = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.now + ms, callback };
    this.timers.add(timer);
    return () => void this.timers.delete(timer);
  };

  async run(ms: number): Promise<void> {
    const end = this.now + ms;
    for (;;) {
      await new Promise((resolve) => afterMicrotasks(resolve));
      const next = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers.delete(next);
      this.now = Math.max(this.now, next.at);
      next.callback();
    }
    this.now = end;
  }
}

/** A page with a label open: its shapes, its outbox, and its journal. */
export class Page {
  readonly store: Store;
  readonly outbox: Outbox;
  kept: Kept | null = null;
  words: string[] = [];
  conflicts: Conflict[] = [];
  private isTaking = false;
  /** The browser's storage; it may be slow, or fail. */
  disk: () => Promise<void> = async () => {};

  constructor(
    readonly server: Server,
    readonly clock: Clock,
  ) {
    this.store = new Store(server.current.values());
    const journal: Journal = {
      write: async (kept) => {
        await this.disk();
        this.kept = structuredClone(kept);
      },
    };
    const hooks: Hooks = {
      send: (operation) => server.save(operation),
      since: (rev) => server.changesSince(rev),
      onOthers: ({ rev, shapes }) => this.take(rev as number, shapes as ServerState[]),
      journal,
      onState: (state, words) => this.words.push(`${state}: ${words}`),
      onConflict: (conflicts) => this.conflicts.push(...conflicts),
      newId: () => crypto.randomUUID(),
      later: clock.later,
    };
    this.outbox = new Outbox(server.rev, server.revs, hooks);
    this.store.onChange((changes) => this.isTaking || this.outbox.note(changes));
  }

  private take(rev: number, shapes: ServerState[]): void {
    this.isTaking = true;
    this.store.merge(this.outbox.follow(rev, shapes));
    this.isTaking = false;
  }

  get lastWords(): string {
    return this.words.at(-1) ?? "";
  }
}
