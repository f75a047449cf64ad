/** A drawing of before, and what has changed since. Pure. */

import type { ImageValue } from "./attributes";
import type { HistoryEvent } from "./save/api";
import { sameShape } from "./shapes/geometry";
import { sameState, type NewState } from "./shapes/store";
import type { Shape } from "./shapes/types";

type Shapes = ReadonlyMap<string, Shape>;
type Values = ReadonlyMap<string, ImageValue>;

/** A drawing that is looked at instead of the one of now. */
export interface Past {
  event: HistoryEvent;
  shapes: Shapes;
  values: Values;
  difference: Difference;
}

export interface Difference {
  /** There now, and not then. */
  drawn: Shape[];
  changed: { then: Shape; now: Shape }[];
  /** There then, and not now. */
  deleted: Shape[];
  /** What is said of the image otherwise: what was said then, or null. */
  answers: NewState[];
}

/** Shapes, and what is said of the image. */
export interface Drawing {
  shapes: Shapes;
  values: Values;
}

export function differenceOf({ shapes: then, values: saidThen }: Drawing, { shapes: now, values: saidNow }: Drawing): Difference {
  const found: Difference = { drawn: [], changed: [], deleted: [], answers: [] };
  for (const id of new Set([...saidThen.keys(), ...saidNow.keys()])) {
    const after = saidThen.get(id) ?? null;
    if (!sameState(after, saidNow.get(id) ?? null)) found.answers.push({ id, after });
  }
  for (const [id, shape] of now) {
    const before = then.get(id);
    if (!before) found.drawn.push(shape);
    else if (!sameShape(before, shape)) found.changed.push({ then: before, now: shape });
  }
  for (const [id, shape] of then) if (!now.has(id)) found.deleted.push(shape);
  return found;
}

/** What has to be done to the drawing of now to make it that of then. */
export function statesOf({ drawn, changed, deleted, answers }: Difference): NewState[] {
  return [
    ...drawn.map(({ id }) => ({ id, after: null })),
    ...changed.map(({ then }) => ({ id: then.id, after: then })),
    ...deleted.map((shape) => ({ id: shape.id, after: shape })),
    ...answers,
  ];
}

/** "3 drawn, 1 changed", or nothing. */
export function wordsOf({ drawn, changed, deleted, answers }: Difference): string {
  const counts = [[drawn, "drawn"], [changed, "changed"], [deleted, "deleted"], [answers, "said of the image"]] as const;
  return counts.flatMap(([list, word]) => (list.length ? `${list.length} ${word}` : [])).join(", ");
}
