/**
 * Carries out orders: what is little work at once, the rest in a worker. The worker is started when
 * there is something for it, and told of all shapes in portions and then of every change.
 */

import { isValueId } from "../attributes";
import { cornersOf } from "../shapes/convert";
import type { Change, Store } from "../shapes/store";
import type { Shape } from "../shapes/types";
import { carryOut } from "./carrying";
import type { FromCutWorker, ToCutWorker } from "./mirror";
import type { Order, Outcome, Rules } from "./orders";
import { isHeavy } from "./weighing";

/** So many corners are cut within a frame; with more of them the way to the worker is worth while. */
const MOST_CORNERS = 1500;
/** To copy more at once would keep the page from drawing. */
const PORTION = 20_000;
/** A worker that does not begin for so long has died: the system may end one without a word. */
const TO_BEGIN_MS = 3_000;
/** But its script has a way to come. */
const TO_LOAD_MS = 30_000;
const TO_ANSWER_MS = 60_000;

const startCutWorker = (): Worker => new Worker(new URL("./cutworker.ts", import.meta.url), { type: "module" });

/** Null where there are no workers: all is done on the page. */
type Start = (() => Worker) | null;

interface Task {
  order: Order;
  store: Store;
  rules: Rules;
  then(outcome: Outcome): void;
}

export class Cutter {
  private worker: Worker | null = null;
  private number = 0;
  private readonly tasks = new Map<number, Task>();
  /** Whose shapes the worker has, and when it has all of them. */
  private followed: Store | null = null;
  private told: Promise<void> = Promise.resolve();
  private isLoaded = false;
  private watch: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private start: Start = typeof Worker === "undefined" ? null : startCutWorker,
    private readonly most = MOST_CORNERS,
  ) {}

  /** Calls back with what becomes of it: at once, or when the worker has answered. */
  cut(order: Order, store: Store, rules: Rules, then: (outcome: Outcome) => void): void {
    const task = { order, store, rules, then };
    if (!this.start || !isHeavy(order, worldOf(task), this.most)) return doHere(task);
    this.number++;
    this.tasks.set(this.number, task);
    void this.send(this.number, task);
  }

  get isBusy(): boolean {
    return this.tasks.size > 0;
  }

  /** Do here and now what the worker has not answered. */
  hurry(): void {
    for (const number of [...this.tasks.keys()]) this.settle(number, doHere);
  }

  private settle(number: number, act: (task: Task) => void): void {
    const task = this.tasks.get(number);
    // What was done in a hurry is answered a second time.
    if (!this.tasks.delete(number)) return;
    act(task!);
  }

  private async send(number: number, { order, store, rules }: Task): Promise<void> {
    this.begin();
    if (this.followed !== store) this.told = this.follow(store);
    await this.told;
    if (!this.tasks.has(number)) return;
    this.post({ type: "order", number, order, rules });
    this.watch ??= this.failAfter(this.isLoaded ? TO_BEGIN_MS : TO_LOAD_MS);
  }

  private hear(message: FromCutWorker): void {
    this.isLoaded = true;
    clearTimeout(this.watch);
    this.watch = undefined;
    if (message === "begun") this.watch = this.failAfter(TO_ANSWER_MS);
    else this.settle(message.number, ({ then }) => then(message.outcome));
    if (this.tasks.size) this.watch ??= this.failAfter(TO_BEGIN_MS);
  }

  private failAfter(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.tasks.size && this.fail(), ms);
  }

  private begin(): void {
    if (this.worker || !this.start) return;
    this.worker = this.start();
    this.worker.onmessage = ({ data }: MessageEvent<FromCutWorker>) => this.hear(data);
    this.worker.onerror = this.worker.onmessageerror = () => this.fail();
  }

  private fail(): void {
    clearTimeout(this.watch);
    this.worker?.terminate();
    this.worker = this.start = null;
    this.hurry();
  }

  private post(message: ToCutWorker): void {
    this.worker?.postMessage(message);
  }

  private async follow(store: Store): Promise<void> {
    this.followed = store;
    store.onChange((changes) => {
      if (this.followed === store) this.tell(changes);
    });
    this.post({ type: "clear" });
    // The order in which they are cut with one another must be the same.
    const ids = [...store.shapes.keys()].reverse();
    while (ids.length && this.followed === store) {
      this.post({ type: "change", set: portionOf(ids, store), remove: [] });
      await new Promise((done) => setTimeout(done));
    }
  }

  private tell(changes: readonly Change[]): void {
    const set = changes.flatMap(({ after }) => (after && after.kind !== "value" ? after : []));
    const remove = changes.filter(({ id, after }) => !after && !isValueId(id)).map(({ id }) => id);
    if (set.length || remove.length) this.post({ type: "change", set, remove });
  }
}

/** The next of these shapes, as they are by now; the ids are taken from the list. */
function portionOf(ids: string[], { shapes }: Store): Shape[] {
  const portion: Shape[] = [];
  for (let corners = 0; ids.length && corners < PORTION; ) {
    const shape = shapes.get(ids.pop()!);
    if (!shape) continue;
    portion.push(shape);
    corners += cornersOf(shape);
  }
  return portion;
}

const worldOf = ({ store, rules }: Task) => ({ shapes: store.shapes, inOrder: () => store.inOrder(), rules });

function doHere(task: Task): void {
  task.then(carryOut(task.order, worldOf(task)));
}
