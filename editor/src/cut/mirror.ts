/** The worker's side of cutting: it has the same shapes as the page, and carries out what does not fit into a frame. */

import { Store } from "../shapes/store";
import type { Shape } from "../shapes/types";
import { carryOut } from "./carrying";
import type { Order, Outcome, Rules } from "./orders";

export type ToCutWorker =
  /** Another label: nothing of the one before is there any more. */
  | { type: "clear" }
  | { type: "change"; set: Shape[]; remove: string[] }
  | { type: "order"; number: number; order: Order; rules: Rules };

export interface Answer {
  number: number;
  outcome: Outcome;
}

export type FromCutWorker = "begun" | Answer;

export class Mirror {
  private store = new Store();

  hear(message: ToCutWorker): Answer | null {
    switch (message.type) {
      case "clear":
        this.store = new Store();
        return null;
      case "change": {
        const { set, remove } = message;
        this.store.merge([...set.map((after) => ({ id: after.id, after })), ...remove.map((id) => ({ id, after: null }))]);
        return null;
      }
      case "order": {
        const { number, order, rules } = message;
        const { shapes } = this.store;
        return { number, outcome: carryOut(order, { shapes, inOrder: () => this.store.inOrder(), rules }) };
      }
    }
  }
}
