/** Shapes by their ids, in the order in which they came, and by where they lie. */

import { boxesMeet, boxOf } from "../shapes/geometry";
import type { Box, Shape } from "../shapes/types";
import type { World } from "./orders";

/** To look at all shapes so often is less work than to sort them by their places. */
const FEW = 30;
/** Of the larger side of the image. */
const CELLS = 100;

export class Neighbours {
  private readonly shapes: Map<string, Shape>;
  private asked = 0;
  private grid: Grid | null = null;

  constructor(
    shapes: ReadonlyMap<string, Shape>,
    private readonly side: number,
  ) {
    this.shapes = new Map(shapes);
  }

  has(id: string): boolean {
    return this.shapes.has(id);
  }

  set(shape: Shape): void {
    const before = this.shapes.get(shape.id);
    this.shapes.set(shape.id, shape);
    this.grid?.put(shape, before);
  }

  delete(id: string): void {
    const shape = this.shapes.get(id);
    if (shape) this.grid?.take(shape);
    this.shapes.delete(id);
  }

  /** Those whose boxes meet a box, in their order. */
  near(box: Box): Shape[] {
    if (++this.asked > FEW) this.grid ??= new Grid(this.shapes.values(), Math.max(8, this.side / CELLS));
    const meets = (shape: Shape) => boxesMeet(boxOf(shape), box);
    return this.grid ? this.grid.near(box).flatMap((id) => this.shapes.get(id)!).filter(meets) : [...this.shapes.values()].filter(meets);
  }
}

export const neighboursIn = ({ shapes, rules: { ground } }: World): Neighbours =>
  new Neighbours(shapes, Math.max(ground.width, ground.height));

class Grid {
  private readonly cells = new Map<number, Set<string>>();
  private readonly places = new Map<string, number>();
  private last = 0;

  constructor(
    shapes: Iterable<Shape>,
    private readonly size: number,
  ) {
    for (const shape of shapes) this.put(shape);
  }

  put(shape: Shape, before?: Shape): void {
    // What is changed keeps its place in the order, as in a map.
    const place = this.places.get(shape.id) ?? this.last++;
    if (before) this.take(before);
    this.places.set(shape.id, place);
    for (const key of this.keysOf(boxOf(shape))) {
      const cell = this.cells.get(key);
      if (cell) cell.add(shape.id);
      else this.cells.set(key, new Set([shape.id]));
    }
  }

  take(shape: Shape): void {
    this.places.delete(shape.id);
    for (const key of this.keysOf(boxOf(shape))) this.cells.get(key)?.delete(shape.id);
  }

  near(box: Box): string[] {
    const found = new Set<string>();
    for (const key of this.keysOf(box)) for (const id of this.cells.get(key) ?? []) found.add(id);
    return [...found].sort((a, b) => this.places.get(a)! - this.places.get(b)!);
  }

  /** What lies outside the image is in the outermost cells. */
  private *keysOf({ x0, y0, x1, y1 }: Box): Generator<number> {
    const at = (value: number) => Math.min(CELLS, Math.max(0, Math.floor(value / this.size)));
    for (let row = at(y0); row <= at(y1); row++) {
      for (let column = at(x0); column <= at(x1); column++) yield row * (CELLS + 1) + column;
    }
  }
}
