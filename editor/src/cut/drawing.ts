/** What a drawn area does: a new shape, more of one, or less of some. Pure. */

import { allowedArea, checkKind, checkNewKind, covering, LEAST_AREA, Refused, withRings } from "../edits";
import { difference, enclosed, painted, union } from "../shapes/boolean";
import { areaOf, ringsOf } from "../shapes/geometry";
import { overlapWith } from "../shapes/overlapping";
import { gapAt } from "../shapes/parts";
import type { Point, Ring, Shape } from "../shapes/types";
import { neighboursIn } from "./neighbours";
import type { Drawn, Order, Outcome, World } from "./orders";
import { lastOf, settle } from "./overlap";

type Draw = Extract<Order, { act: "draw" }>;

export function draw(order: Draw, world: World): Partial<Outcome> {
  const area = areaDrawn(order.drawn, world);
  if (order.drawn.how === "gap") return drawGap(order, area, world);
  if (order.mode === "erase") return erase(order, area, world);
  try {
    return { outline: area, ...(order.mode === "append" ? append(order, area, world) : addNew(order, area, world)) };
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    return { outline: area, words: problem.message };
  }
}

/** No other shape lies in a gap; and if it cannot be, it is no work, but clicked again. */
function drawGap(order: Draw, area: Ring[], world: World): Partial<Outcome> {
  const rules = { ...world.rules, ground: { ...world.rules.ground, permitOverlap: true } };
  return order.mode === "append" ? append(order, area, { ...world, rules }) : addNew(order, area, { ...world, rules });
}

function areaDrawn(drawn: Drawn, { shapes, rules }: World): Ring[] {
  switch (drawn.how) {
    case "rings":
      return drawn.rings;
    case "brush":
      return painted(drawn.path, drawn.radius, drawn.tolerance);
    case "loop": {
      const loop = drawn.stroke.length >= 6 ? enclosed(drawn.stroke, drawn.tolerance) : [];
      if (!loop.length) throw new Refused("Draw round the object: the stroke encloses nothing.");
      return loop;
    }
    case "gap":
      return gap(drawn.at, [...shapes.values()], rules.ground);
  }
}

function gap(at: Point, shapes: Shape[], { width, height }: World["rules"]["ground"]): Ring[] {
  const areas = shapes.map(ringsOf).filter((rings) => rings.length);
  if (!areas.length) throw new Refused("There are no shapes with a gap between them yet.");
  const found = gapAt(at, areas, width, height);
  if (!found) throw new Refused("A shape covers that already: click where none is.");
  if (areaOf(found) < LEAST_AREA) throw new Refused("That gap is too small to be a shape.");
  return found;
}

function addNew({ name, blank }: Draw, rings: Ring[], world: World): Partial<Outcome> {
  const { rules } = world;
  if (blank.class === null) throw new Refused("Choose a class first.");
  const shape: Shape = { ...blank, class: blank.class, kind: "polygon", geom: { rings } };
  checkKind(shape, rules.ground);
  // Not selected: the keys of the classes would change it when the next one is to be of another class.
  return { name, ...lastOf(settle(shape, neighboursIn(world), rules.ground, rules.locked)), select: [] };
}

/** The chosen areas, or else those that the area really touches, the front-most last. */
function targets({ chosen }: Draw, area: Ring[], { shapes, inOrder, rules }: World): Shape[] {
  const selected = chosen.flatMap((id) => shapes.get(id) ?? []).filter((shape) => ringsOf(shape).length);
  if (selected.length) return selected;
  const isFree = ({ id }: Shape) => !rules.locked.has(id) && !rules.hidden.has(id);
  const overlaps = overlapWith(area);
  return [...covering(area, inOrder().filter(isFree))].filter((shape) => overlaps(ringsOf(shape)));
}

function append(order: Draw, area: Ring[], world: World): Partial<Outcome> {
  const isChosen = order.chosen.length > 0;
  const target = targets(order, area, world).findLast((shape) => isChosen || shape.class === order.blank.class);
  if (!target) return addNew(order, area, world);
  const { ground, locked } = world.rules;
  const others = [...world.shapes.values()].filter(({ id }) => id !== target.id);
  // Where the new part cuts the others, it is not cut by them before.
  const added = allowedArea(area, ground.newCuts ? [] : others, ground);
  const after = withRings(target, union(ringsOf(target), added));
  checkNewKind(target, after, ground);
  if (!after || !ground.newCuts) return { name: "add to shape", states: [{ id: target.id, after }] };
  return { name: "add to shape", ...lastOf(settle(after, neighboursIn(world), ground, locked)) };
}

function erase(order: Draw, area: Ring[], world: World): Partial<Outcome> {
  const overlaps = overlapWith(area);
  const states = targets(order, area, world)
    .filter((shape) => overlaps(ringsOf(shape)))
    .map((shape) => {
      const after = withRings(shape, difference(ringsOf(shape), area));
      checkNewKind(shape, after, world.rules.ground);
      return { id: shape.id, after };
    });
  if (!states.length) throw new Refused("There is nothing to take away from here.");
  return { name: "take away", states };
}
