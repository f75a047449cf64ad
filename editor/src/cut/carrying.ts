/** Carries out orders. Pure: the page and its worker do the same. */

import { checkKind, Refused } from "../edits";
import { outlinesOf, ringsOf } from "../shapes/geometry";
import type { Ring, Shape } from "../shapes/types";
import { draw } from "./drawing";
import { neighboursIn } from "./neighbours";
import type { Order, Outcome, State, World } from "./orders";
import { lastOf, settle } from "./overlap";
import { convert, copiesOf, divide, fillHoles, merge, move, separate, simplify } from "./reshaping";

/** As in labeling/shapes.py. */
const MOST_POINTS = 20_000;
const FAULT = "A fault of the editor. Try it again, a little differently.";
const NOTHING: Outcome = { name: "", states: [], words: null, select: null, outline: null };

/** Always tells what becomes of it: whoever waits for it would wait for ever. */
export function carryOut(order: Order, world: World): Outcome {
  try {
    const outcome = { ...NOTHING, ...act(order, world) };
    const words = tooMany(outcome.states);
    return words ? { ...NOTHING, words, outline: outcome.outline ?? outlineOf(order) } : outcome;
  } catch (problem) {
    if (problem instanceof Refused) return { ...NOTHING, words: problem.message };
    console.error(problem);
    return { ...NOTHING, words: FAULT, outline: outlineOf(order) };
  }
}

/** Why the server would not take one of them. */
function tooMany(states: readonly State[]): string | null {
  const counts = states.map(({ after }) => (after ? outlinesOf(after).reduce((sum, ring) => sum + ring.length / 2, 0) : 0));
  const most = Math.max(0, ...counts);
  if (most <= MOST_POINTS) return null;
  return `That would have ${most.toLocaleString("en")} corners; a shape has at most ${MOST_POINTS.toLocaleString("en")}. Simplify it, or draw it in parts.`;
}

function outlineOf(order: Order): Ring[] | null {
  if (order.act !== "draw" || order.mode === "erase") return null;
  const { drawn } = order;
  if (drawn.how === "rings") return drawn.rings;
  return drawn.how === "loop" ? [drawn.stroke] : null;
}

function act(order: Order, world: World): Partial<Outcome> {
  switch (order.act) {
    case "put":
      return { name: order.name, ...put(order.shapes, world) };
    case "move":
      return { name: order.name, ...put(move(order, world), world) };
    case "add":
      return add(order, world);
    case "draw":
      return draw(order, world);
    case "divide":
      return divide(order, world);
    case "merge":
      return merge(order, world);
    case "separate":
      return separate(order, world);
    case "fill":
      return { name: "fill the holes", ...put(fillHoles(order, world), world) };
    case "convert": {
      const { shapes, words } = convert(order, world);
      const done = put(shapes, world);
      return { name: "convert", ...done, words: [words, done.words].filter(Boolean).join(" ") || null };
    }
    case "simplify":
      return { name: "simplify", ...put(simplify(order, world), world) };
  }
}

/**
 * Make shapes what they have become; where the task forbids overlap, they are cut by the others
 * or cut them.
 */
export function put(shapes: readonly Shape[], world: World): Pick<Outcome, "states" | "words"> {
  const { rules } = world;
  const there = neighboursIn(world);
  for (const { id } of shapes) there.delete(id);
  return lastOf(shapes.flatMap((shape) => settle(shape, there, rules.ground, rules.locked)));
}

type Add = Extract<Order, { act: "add" }>;

function add({ name, shapes: given, copies, isSelected }: Add, world: World): Partial<Outcome> {
  const { rules } = world;
  const shapes = copies ? copiesOf(given, copies, world) : given;
  const there = neighboursIn(world);
  const states: State[] = [];
  const reasons: string[] = [];
  for (const shape of shapes) {
    try {
      checkKind(shape, rules.ground);
      states.push(...settle(shape, there, rules.ground, rules.locked));
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      reasons.push(problem.message);
    }
  }
  const done = lastOf(states);
  const number = shapes.length > 1 ? `${reasons.length} of ${shapes.length} shapes are left out. ` : "";
  const leftOut = reasons.length ? number + [...new Set(reasons)].join(" ") : null;
  const added = shapes.map(({ id }) => id).filter((id) => there.has(id));
  return {
    name,
    ...done,
    words: [leftOut, done.words].filter(Boolean).join(" ") || null,
    select: isSelected ? added : [],
    outline: shapes.length === 1 ? ringsOf(shapes[0]) : null,
  };
}
