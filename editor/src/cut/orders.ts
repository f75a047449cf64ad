/** What a gesture wants of the shapes, as plain data: the page carries it out, or a worker. */

import type { Ground } from "../edits";
import type { Target } from "../shapes/convert";
import type { Point, Ring, Shape } from "../shapes/types";

/** What a drawn area does: a new shape, more of one, or less of some. */
export type Mode = "new" | "append" | "erase";

/** How an area was drawn; what it covers is worked out where it is cut. */
export type Drawn =
  | { how: "rings"; rings: Ring[] }
  | { how: "loop"; stroke: Ring; tolerance: number }
  | { how: "brush"; path: Ring; radius: number; tolerance: number }
  /** The gap between other shapes around a point. */
  | { how: "gap"; at: Point };

/** What a drawn area becomes if it becomes a shape of its own. */
export interface Blank {
  id: string;
  class: number | null;
  z: number;
  attrs: Shape["attrs"];
}

/** Where copies lie: so many pixels from what they are copies of, from a place in the order on. */
export interface Beside extends Point {
  z: number;
}

export type Order =
  /** These shapes have become so, by moving or reshaping: all of them, or none. */
  | { act: "put"; name: string; shapes: readonly Shape[] }
  /** So many pixels, each from wherever it is by then. */
  | { act: "move"; name: string; chosen: readonly string[]; x: number; y: number }
  /** These are new, or copies of them; those that cannot be are left out. */
  | { act: "add"; name: string; shapes: readonly Shape[]; copies?: Beside; isSelected: boolean }
  | { act: "draw"; name: string; drawn: Drawn; mode: Mode; blank: Blank; chosen: readonly string[] }
  | { act: "divide"; line: Ring; chosen: readonly string[] }
  | { act: "merge" | "separate" | "fill"; chosen: readonly string[] }
  | { act: "convert"; to: Target; chosen: readonly string[] }
  | { act: "simplify"; tolerance: number; chosen: readonly string[] };

/** What has become of a shape. */
export interface State {
  id: string;
  after: Shape | null;
}

/** The shapes among which an order is carried out, and the rules for them. */
export interface World {
  shapes: ReadonlyMap<string, Shape>;
  /** From back to front. */
  inOrder(): readonly Shape[];
  rules: Rules;
}

export interface Rules {
  ground: Ground;
  locked: ReadonlySet<string>;
  hidden: ReadonlySet<string>;
}

export interface Outcome {
  /** Of the entry in the history. */
  name: string;
  /** Nothing changes: it cannot be. */
  states: readonly State[];
  /** Why it cannot be, or what one should know of it. */
  words: string | null;
  /** What is selected after it; null: what was. */
  select: readonly string[] | null;
  /** What was drawn, to be kept in sight if it cannot be. */
  outline: Ring[] | null;
}
