/** Tells a worker of many shapes a portion at a time: to copy them all at once would keep the page from drawing. */

import { cornersOf } from "./shapes/convert";
import type { Shape } from "./shapes/types";

/** Of corners; so many are copied within a few milliseconds, on either side. */
const PORTION = 20_000;

type Portion = () => void;

export class Feed {
  private readonly waiting: Iterator<Portion>[] = [];
  private isGoing = false;
  /** What is said next, in a task of its own. */
  private ahead: Portion | null = null;

  /** All has been said. */
  get isDone(): boolean {
    return !this.isGoing;
  }

  /** The first portion at once, each other in a task of its own, and all of it after what was said before. */
  say(portions: Iterable<Portion>): void {
    this.waiting.push(portions[Symbol.iterator]());
    if (!this.isGoing) this.go(this.next());
  }

  /** What was not said yet is not said any more. */
  clear(): void {
    this.waiting.length = 0;
    this.ahead = null;
  }

  private go(portion: Portion | null): void {
    this.isGoing = true;
    portion?.();
    this.ahead = this.next();
    this.isGoing = this.ahead !== null;
    if (this.isGoing) setTimeout(() => this.go(this.ahead ?? this.next()));
  }

  private next(): Portion | null {
    while (this.waiting.length) {
      const { done, value } = this.waiting[0].next();
      if (!done) return value;
      this.waiting.shift();
    }
    return null;
  }
}

/** At least one portion; null stands for what is gone. Each shape counts as its corners, and `more`. */
export function* portionsOf<T>(all: readonly T[], shapeOf: (one: T) => Shape | null, most = PORTION, more = 0): Generator<T[]> {
  let portion: T[] = [];
  let corners = 0;
  for (const one of all) {
    const shape = shapeOf(one);
    const own = more + (shape ? cornersOf(shape) : 1);
    if (corners && corners + own > most) {
      yield portion;
      portion = [];
      corners = 0;
    }
    portion.push(one);
    corners += own;
  }
  yield portion;
}

/** What is said of each portion, and of the last. */
export function* inPortions<T>(portions: Iterable<T[]>, say: (portion: T[]) => void, sayLast: (portion: T[]) => void): Generator<Portion> {
  let before: T[] | null = null;
  for (const portion of portions) {
    const said = before;
    if (said) yield () => say(said);
    before = portion;
  }
  yield () => sayLast(before ?? []);
}
