/** The worker's side of cutting: it has the same shapes as the page, and carries out what does not fit into a frame. */

import { Store } from "../shapes/store";
import type { Shape } from "../shapes/types";
import { carryOut } from "./carrying";
import { portionsOf } from "../feed";
import type { Order, Outcome, Rules } from "./orders";
import { packed, type Packed } from "./packing";

export type ToCutWorker =
  /** Another label: nothing of the one before is there any more. */
  | { type: "clear" }
  | { type: "change"; set: Shape[]; remove: string[] }
  /** Some of the shapes of an order that is still to come; the last of them come with it. */
  | { type: "part"; number: number; shapes: Shape[] }
  | { type: "order"; number: number; order: Order; rules: Rules };

export interface Answer {
  number: number;
  outcome: Outcome;
}

/** Some of the states of an answer that is still to come, as many as the page takes at once. */
export interface Part {
  number: number;
  part: Packed;
}

export type FromCutWorker = "begun" | Part | Answer;

export class Mirror {
  private store = new Store();
  private readonly parts = new Map<number, Shape[]>();

  constructor(private readonly most?: number) {}

  /** What it answers, in so many messages. */
  hear(message: ToCutWorker): FromCutWorker[] {
    switch (message.type) {
      case "clear":
        this.store = new Store();
        return [];
      case "change": {
        const { set, remove } = message;
        this.store.merge([...set.map((after) => ({ id: after.id, after })), ...remove.map((id) => ({ id, after: null }))]);
        return [];
      }
      case "part":
        this.parts.set(message.number, [...(this.parts.get(message.number) ?? []), ...message.shapes]);
        return [];
      case "order": {
        const { number, rules } = message;
        const { shapes } = this.store;
        const outcome = carryOut(this.whole(message), { shapes, inOrder: () => this.store.inOrder(), rules });
        const portions = [...portionsOf(outcome.states, ({ after }) => after, this.most)];
        return [...portions.map((part) => ({ number, part: packed(part) })), { number, outcome: { ...outcome, states: [] } }];
      }
    }
  }

  private whole({ number, order }: Extract<ToCutWorker, { type: "order" }>): Order {
    const before = this.parts.get(number);
    this.parts.delete(number);
    return before && "shapes" in order ? { ...order, shapes: [...before, ...order.shapes] } : order;
  }
}
