/**
 * Carries out orders: what is little work at once, the rest in a worker. The worker is started when
 * there is something for it, and told of all shapes in portions and then of every change.
 */

import { isValueId } from "../attributes";
import type { Change, Store } from "../shapes/store";
import type { Shape } from "../shapes/types";
import { carryOut } from "./carrying";
import { Feed, inPortions, portionsOf } from "../feed";
import type { FromCutWorker, ToCutWorker } from "./mirror";
import type { Order, Outcome, Rules, State } from "./orders";
import { unpacked } from "./packing";
import { isHeavy } from "./weighing";

/** So many corners are cut within a frame; with more of them the way to the worker is worth while. */
const MOST_CORNERS = 1500;
/** A worker that does not begin for so long has died: the system may end one without a word. */
const TO_BEGIN_MS = 3_000;
/** But its script has a way to come. */
const TO_LOAD_MS = 30_000;
const TO_ANSWER_MS = 300_000;

const startCutWorker = (): Worker => new Worker(new URL("./cutworker.ts", import.meta.url), { type: "module" });

/** Null where there are no workers: all is done on the page. */
type Start = (() => Worker) | null;

interface Task {
  order: Order;
  store: Store;
  rules: Rules;
  then(outcome: Outcome): void;
  /** What has come of the answer. */
  states: State[];
}

export class Cutter {
  private worker: Worker | null = null;
  private number = 0;
  private readonly tasks = new Map<number, Task>();
  /** Whose shapes the worker has, or is being told of. */
  private followed: Store | null = null;
  private readonly feed = new Feed();
  private isLoaded = false;
  private watch: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private start: Start = typeof Worker === "undefined" ? null : startCutWorker,
    private readonly most = MOST_CORNERS,
  ) {}

  /** Calls back with what becomes of it: at once, or when the worker has answered. */
  cut(order: Order, store: Store, rules: Rules, then: (outcome: Outcome) => void): void {
    const task = { order, store, rules, then, states: [] };
    if (!this.start || !isHeavy(order, worldOf(task), this.most)) return doHere(task);
    this.number++;
    this.tasks.set(this.number, task);
    this.send(this.number, task);
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

  private send(number: number, { order, store, rules }: Task): void {
    this.begin();
    if (this.followed !== store) this.follow(store);
    const say = (shapes: Shape[]) => this.post({ type: "part", number, shapes });
    const sayLast = (shapes: Shape[]) => {
      if (!this.tasks.has(number)) return;
      this.post({ type: "order", number, order: "shapes" in order ? { ...order, shapes } : order, rules });
      this.watch ??= this.failAfter(this.isLoaded ? TO_BEGIN_MS : TO_LOAD_MS);
    };
    const shapes = "shapes" in order ? order.shapes : [];
    this.feed.say(inPortions(portionsOf(shapes, (shape) => shape), say, sayLast));
  }

  private hear(message: FromCutWorker): void {
    this.isLoaded = true;
    clearTimeout(this.watch);
    this.watch = undefined;
    if (message === "begun") this.watch = this.failAfter(TO_ANSWER_MS);
    else if ("part" in message) {
      const states = this.tasks.get(message.number)?.states;
      for (const state of unpacked(message.part)) states?.push(state);
      this.watch = this.failAfter(TO_ANSWER_MS);
    } else {
      const { number, outcome } = message;
      this.settle(number, ({ states, then }) => then({ ...outcome, states }));
    }
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

  private follow(store: Store): void {
    this.followed = store;
    store.onChange((changes) => {
      if (this.followed === store) this.tell(changes);
    });
    this.feed.say([() => this.post({ type: "clear" })]);
    this.tell([...store.shapes.values()].map((after) => ({ id: after.id, before: null, after })));
  }

  private tell(changes: readonly Change[]): void {
    const ofShapes = changes.filter(({ id }) => !isValueId(id));
    const portions = portionsOf(ofShapes, ({ after }) => after as Shape | null);
    const say = (portion: Change[]) => {
      const set = portion.flatMap(({ after }) => (after as Shape | null) ?? []);
      this.post({ type: "change", set, remove: portion.filter(({ after }) => !after).map(({ id }) => id) });
    };
    if (ofShapes.length) this.feed.say(inPortions(portions, say, say));
  }
}

const worldOf = ({ store, rules }: Task) => ({ shapes: store.shapes, inOrder: () => store.inOrder(), rules });

function doHere(task: Task): void {
  task.then(carryOut(task.order, worldOf(task)));
}
