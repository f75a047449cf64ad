/** What somebody wants to become of shapes, from drawing it until it is done. */

import type { Order, Outcome } from "./cut/orders";
import type { Lift } from "./paint/lifting";
import type { Canvas2D } from "./paint/painter";
import type { Ring, Shape } from "./shapes/types";

/** What was drawn, while it is no shape yet. */
export interface Sketch {
  draw?(context: Canvas2D): void;
  /** Shapes that are somewhere else, or look different, until they are changed. */
  shapes?: readonly Shape[];
  /** Too many of them to be drawn at each frame. */
  lift?: Lift | null;
}

export interface Gesture {
  /** What it wants, of the shapes that are there when its turn comes; null: nothing any more. */
  order(): Order | null;
  sketch?: Sketch;
  then?(isDone: boolean, outcome: Outcome): void;
}

/** What was drawn in one stroke and refused: plain data, which outlives the page. */
export interface Attempt {
  /** Where it stays in sight. */
  outline: Ring[];
  order: Order;
}
