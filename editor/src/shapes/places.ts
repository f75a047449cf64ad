/** Finds shapes by where they are, without looking at all of them. */

import { boxesMeet, boxOf } from "./geometry";
import type { Box, Shape } from "./types";

/** What lies in each square of a grid. */
type Cells = Map<number, Shape[]>;

/** More squares in a row than any image has: rows do not run into one another. */
const ROW = 2 ** 26;

/**
 * Grids of squares, each twice as wide as the one below. A shape lies in the grid whose squares
 * are just as large as it: it meets four of them at most, however large shapes and image are.
 */
export class Places {
  private readonly grids = new Map<number, Cells>();

  constructor(shapes: Iterable<Shape> = []) {
    for (const shape of shapes) this.add(shape);
  }

  add(shape: Shape): void {
    const box = boxOf(shape);
    const side = sideFor(box);
    let cells = this.grids.get(side);
    if (!cells) this.grids.set(side, (cells = new Map()));
    for (const key of keysOf(box, side)) {
      const cell = cells.get(key);
      if (cell) cell.push(shape);
      else cells.set(key, [shape]);
    }
  }

  remove(shape: Shape): void {
    const box = boxOf(shape);
    const side = sideFor(box);
    const cells = this.grids.get(side)!;
    for (const key of keysOf(box, side)) {
      const rest = cells.get(key)!.filter((other) => other !== shape);
      if (rest.length) cells.set(key, rest);
      else cells.delete(key);
    }
  }

  /** The shapes whose boxes meet a box, in no order. */
  meeting(box: Box): Set<Shape> {
    const found = new Set<Shape>();
    for (const [side, cells] of this.grids) {
      const count = ((box.x1 - box.x0) / side + 1) * ((box.y1 - box.y0) / side + 1);
      // A box can be far larger than all that is drawn.
      const met = count < cells.size ? keysOf(box, side).map((key) => cells.get(key) ?? []) : cells.values();
      for (const cell of met) for (const shape of cell) if (boxesMeet(boxOf(shape), box)) found.add(shape);
    }
    return found;
  }
}

/** A power of two, no smaller than the box. */
const sideFor = ({ x0, y0, x1, y1 }: Box): number =>
  2 ** Math.ceil(Math.log2(Math.max(1, x1 - x0, y1 - y0)));

function keysOf({ x0, y0, x1, y1 }: Box, side: number): number[] {
  const keys = [];
  for (let row = Math.floor(y0 / side); row <= y1 / side; row++) {
    for (let column = Math.floor(x0 / side); column <= x1 / side; column++) keys.push(row * ROW + column);
  }
  return keys;
}
