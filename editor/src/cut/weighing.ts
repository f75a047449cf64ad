/** How much work an order is, by the corners that take part. */

import { boxAround, boxesMeet, boxOf, boxOfRings } from "../shapes/geometry";
import { cornersOf } from "../shapes/convert";
import type { Box, Point, Shape } from "../shapes/types";
import type { Drawn, Order, World } from "./orders";

/** A point of the path of a brush becomes many corners, and a divided area is cut several times. */
const BRUSH = 8;
const DIVIDE = 4;

/** Is an order more than so many corners of work? */
export function isHeavy(order: Order, world: World, most: number): boolean {
  const { permitOverlap } = world.rules.ground;
  switch (order.act) {
    case "add": {
      const { shapes, copies = { x: 0, y: 0 } } = order;
      return outweighs(world, most, shapes, () => (permitOverlap ? null : shifted(around(shapes), copies)));
    }
    case "put":
      return outweighs(world, most, order.shapes, () => (permitOverlap ? null : around(order.shapes)));
    case "move": {
      const chosen = shapesOf(order.chosen, world);
      return outweighs(world, most, chosen, () => (permitOverlap ? null : shifted(around(chosen), order)));
    }
    case "draw": {
      const own = numbersIn(order.drawn) / 2;
      const isAlone = permitOverlap && order.mode === "new" && order.drawn.how !== "gap";
      const chosen = order.mode === "new" ? [] : shapesOf(order.chosen, world);
      return outweighs(world, most - own, chosen, () => (isAlone ? null : boxOfDrawn(order.drawn)));
    }
    case "divide": {
      const chosen = shapesOf(order.chosen, world);
      return outweighs(world, most / DIVIDE, chosen, () => (chosen.length ? null : boxOfRings([order.line])));
    }
    case "merge":
    case "separate":
      return outweighs(world, most, shapesOf(order.chosen, world), () => null);
    default: {
      const chosen = shapesOf(order.chosen, world);
      return outweighs(world, most, chosen, () => (permitOverlap ? null : grown(around(chosen))));
    }
  }
}

/** Have the shapes, with all others that meet a box, more corners? */
function outweighs(world: World, most: number, shapes: Iterable<Shape>, boxOfOthers: () => Box | null): boolean {
  let left = most;
  for (const shape of shapes) if ((left -= cornersOf(shape)) < 0) return true;
  const box = boxOfOthers();
  if (box) {
    for (const other of world.shapes.values()) {
      if (boxesMeet(boxOf(other), box) && (left -= cornersOf(other)) < 0) return true;
    }
  }
  return left < 0;
}

const shapesOf = (ids: readonly string[], { shapes }: World): Shape[] => ids.flatMap((id) => shapes.get(id) ?? []);

function numbersIn(drawn: Drawn): number {
  switch (drawn.how) {
    case "rings":
      return drawn.rings.reduce((sum, ring) => sum + ring.length, 0);
    case "loop":
      return drawn.stroke.length;
    case "brush":
      return drawn.path.length * BRUSH;
    case "gap":
      return 0;
  }
}

function boxOfDrawn(drawn: Drawn): Box {
  switch (drawn.how) {
    case "rings":
      return boxOfRings(drawn.rings);
    case "loop":
      return boxOfRings([drawn.stroke]);
    case "brush":
      return widened(boxOfRings([drawn.path]), drawn.radius);
    case "gap":
      // What is free is found by taking away all that is not.
      return { x0: -Infinity, y0: -Infinity, x1: Infinity, y1: Infinity };
  }
}

/** Of areas: lines and points cut nothing, and are not cut. */
function around(shapes: readonly Shape[]): Box | null {
  const areas = shapes.filter(({ kind }) => kind !== "points" && kind !== "line");
  return areas.length ? boxAround(areas) : null;
}

/** A shape may become larger by becoming another kind, but not by more than its own size. */
const grown = (box: Box | null): Box | null => box && widened(box, Math.hypot(box.x1 - box.x0, box.y1 - box.y0));

const shifted = (box: Box | null, { x, y }: Point): Box | null =>
  box && { x0: box.x0 + x, y0: box.y0 + y, x1: box.x1 + x, y1: box.y1 + y };

const widened = ({ x0, y0, x1, y1 }: Box, by: number): Box => ({ x0: x0 - by, y0: y0 - by, x1: x1 + by, y1: y1 + by });
