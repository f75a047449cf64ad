/**
 * Unsaved changes in blocks, so that one more, or one less, does not mean to write thousands of shapes
 * again, and none of them is so large that writing it would be felt. Pure.
 */

import { portionsOf } from "../feed";
import type { Shape } from "../shapes/types";
import type { State } from "../shapes/store";

/** The latest state of a shape or value, and the revision that it was made on. */
export interface KeptChange {
  id: string;
  base: number | null;
  shape: State | null;
  /** It is not sent again by itself: somebody has to look at it, for this reason. */
  why?: string;
}

type Block = readonly KeptChange[];

/** What lies in the browser's storage; what fits into one block lies with the rest of the record. */
export interface Stored {
  /** In the record itself. */
  first: Block;
  blocks: ReadonlyMap<number, Block>;
}

export interface Plan {
  put: [number, Block][];
  remove: number[];
  /** What lies there when that is done. */
  then: Stored;
}

/**
 * Of corners in a block. What a browser cannot hand over at once to where it is stored, which is more than
 * some 60 kB, is lost when the page goes away at that moment.
 */
const MOST = 2_500;
/** As many corners as all the rest of a change is as long as. */
const OTHER = 12;

const shapeOf = ({ shape }: KeptChange): Shape | null => (shape?.kind === "value" ? null : shape);

export const NOTHING_STORED: Stored = { first: [], blocks: new Map() };

const isSame = (a: KeptChange | undefined, b: KeptChange): boolean => a?.shape === b.shape && a.base === b.base && a.why === b.why;

/** What has to be written and removed for exactly these changes to lie there. */
export function planOf({ blocks: before }: Stored, changes: Block, most = MOST): Plan {
  const [first = []] = portionsOf(changes, shapeOf, most, OTHER);
  if (first.length === changes.length) return { put: [], remove: [...before.keys()], then: { first, blocks: new Map() } };
  const left = new Map(changes.map((one) => [one.id, one]));
  const blocks = new Map(before);
  const plan: Plan = { put: [], remove: [], then: { first: [], blocks } };
  for (const [number, block] of before) {
    const stays = block.filter((one) => isSame(left.get(one.id), one));
    for (const { id } of stays) left.delete(id);
    if (stays.length === block.length) continue;
    if (stays.length) blocks.set(number, stays) && plan.put.push([number, stays]);
    else blocks.delete(number) && plan.remove.push(number);
  }
  let next = Math.max(0, ...before.keys()) + 1;
  for (const portion of portionsOf([...left.values()], shapeOf, most, OTHER)) {
    if (!portion.length) continue;
    blocks.set(next, portion);
    plan.put.push([next++, portion]);
  }
  return plan;
}
