/** The rule of overlap: what a shape that was drawn does to those that are there, and they to it. */

import { covering, permitsPolygons, Refused, withoutOverlap, withRings, type Ground } from "../edits";
import { difference } from "../shapes/boolean";
import { boxOf, ringsOf } from "../shapes/geometry";
import { overlapWith } from "../shapes/overlapping";
import type { Shape } from "../shapes/types";
import type { Neighbours } from "./neighbours";
import type { State } from "./orders";

/**
 * Put a shape among those that are there, as the task's rule has it: it is cut by them, or cuts
 * them, except what is locked. `there` is brought up to date; when the shape is refused, it is not
 * touched. Returns every shape that changed.
 */
export function settle(shape: Shape, there: Neighbours, ground: Ground, locked: ReadonlySet<string>): State[] {
  const others = ground.permitOverlap ? [] : there.near(boxOf(shape)).filter(({ id }) => id !== shape.id);
  const isFirm = ({ id }: Shape) => locked.has(id);
  const before = ground.newCuts ? others.filter(isFirm) : others;
  const after = withoutOverlap(shape, before, ground);
  const states: State[] = [{ id: after.id, after }];
  if (ground.newCuts && !ground.permitOverlap) {
    const overlaps = overlapWith(ringsOf(after));
    for (const other of covering(ringsOf(after), others)) {
      if (isFirm(other) || !overlaps(ringsOf(other))) continue;
      states.push({ id: other.id, after: rest(other, after, ground) });
    }
  }
  for (const { id, after: state } of states) {
    if (state) there.set(state);
    else there.delete(id);
  }
  return states;
}

/** What another shape leaves of a shape; null when nothing. */
function rest(shape: Shape, cutter: Shape, ground: Ground): Shape | null {
  const left = withRings(shape, difference(ringsOf(shape), ringsOf(cutter)));
  if (left && shape.kind !== "polygon" && !permitsPolygons(ground, shape.class)) throw new Refused("Shapes of this task must not overlap.");
  return left;
}

/** Of several states of a shape the last counts; what vanished under others is told. */
export function lastOf(states: readonly State[]): { states: State[]; words: string | null } {
  const last = [...new Map(states.map(({ id, after }) => [id, after]))].map(([id, after]) => ({ id, after }));
  const gone = last.filter(({ after }) => !after).length;
  const what = gone === 1 ? "1 shape was" : `${gone} shapes were`;
  return { states: last, words: gone ? `${what} covered altogether, and gone with it. Undo brings that back.` : null };
}
