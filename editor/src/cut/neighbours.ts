/** Shapes by their ids, in the order in which they came, and by where they lie. */

import { boxesMeet, boxOf } from "../shapes/geometry";
import { Places } from "../shapes/places";
import type { Box, Shape } from "../shapes/types";
import type { World } from "./orders";

/** To look at all shapes so often is less work than to sort them by their places. */
const FEW = 30;

export class Neighbours {
  private readonly shapes: Map<string, Shape>;
  private asked = 0;
  private places: Places | null = null;
  /** Of the ids, as soon as there are places, which know no order. */
  private readonly order = new Map<string, number>();
  private last = 0;

  constructor(shapes: ReadonlyMap<string, Shape>) {
    this.shapes = new Map(shapes);
  }

  has(id: string): boolean {
    return this.shapes.has(id);
  }

  set(shape: Shape): void {
    const before = this.shapes.get(shape.id);
    this.shapes.set(shape.id, shape);
    if (!this.places) return;
    if (before) this.places.remove(before);
    else this.order.set(shape.id, this.last++);
    this.places.add(shape);
  }

  delete(id: string): void {
    const shape = this.shapes.get(id);
    if (shape) this.places?.remove(shape);
    this.shapes.delete(id);
  }

  /** Those whose boxes meet a box, in their order. */
  near(box: Box): Shape[] {
    if (++this.asked > FEW && !this.places) this.prepare();
    if (!this.places) return [...this.shapes.values()].filter((shape) => boxesMeet(boxOf(shape), box));
    const at = ({ id }: Shape) => this.order.get(id)!;
    return [...this.places.meeting(box)].sort((a, b) => at(a) - at(b));
  }

  private prepare(): void {
    this.places = new Places(this.shapes.values());
    for (const id of this.shapes.keys()) this.order.set(id, this.last++);
  }
}

export const neighboursIn = ({ shapes }: World): Neighbours => new Neighbours(shapes);
