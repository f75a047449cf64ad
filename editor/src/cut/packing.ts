/**
 * Shapes with all their coordinates in one array, which is handed over without being copied. Copied one
 * by one, each number would become an object of the page, and clearing them away would be felt.
 */

import type { Ring, Shape } from "../shapes/types";
import type { State } from "./orders";

export interface Packed {
  /** Polygons have no rings here… */
  states: State[];
  /** …but so many numbers in each ring, and minus one after the last, */
  lengths: number[];
  /** which are all here. */
  numbers: Float64Array<ArrayBuffer>;
}

const isPolygon = (shape: Shape | null): shape is Extract<Shape, { kind: "polygon" }> => shape?.kind === "polygon";

export function packed(states: readonly State[]): Packed {
  const lengths: number[] = [];
  let count = 0;
  for (const { after } of states) {
    if (!isPolygon(after)) continue;
    for (const ring of after.geom.rings) {
      lengths.push(ring.length);
      count += ring.length;
    }
    lengths.push(-1);
  }
  const numbers = new Float64Array(count);
  let at = 0;
  const bare = states.map(({ id, after }): State => {
    if (!isPolygon(after)) return { id, after };
    for (const ring of after.geom.rings) {
      numbers.set(ring, at);
      at += ring.length;
    }
    return { id, after: { ...after, geom: { rings: [] } } };
  });
  return { states: bare, lengths, numbers };
}

export function unpacked({ states, lengths, numbers }: Packed): State[] {
  let at = 0;
  let of = 0;
  return states.map(({ id, after }) => {
    if (!isPolygon(after)) return { id, after };
    const rings: Ring[] = [];
    for (; lengths[of] >= 0; of++) {
      const ring: Ring = [];
      for (const end = at + lengths[of]; at < end; at++) ring.push(numbers[at]);
      rings.push(ring);
    }
    of++;
    return { id, after: { ...after, geom: { rings } } };
  });
}
