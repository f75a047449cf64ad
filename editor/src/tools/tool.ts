/** What every tool does with the pointer. A tool changes shapes only by gestures: see areas.ts and changes.ts. */

import type { Canvas2D } from "../paint/painter";
import type { HalfDrawn } from "../save/journal";
import type { Point } from "../shapes/types";

/** Keys that change what a tool does while they are held. */
export interface Held {
  shift: boolean;
  alt: boolean;
}

export interface Pointer extends Held {
  /** In image pixels. */
  at: Point;
  /** In CSS pixels of the stage. */
  screen: Point;
  /** 2 for a double click. */
  clicks: number;
  isTouch: boolean;
}

export interface Tool {
  readonly name: string;
  readonly cursor: string;
  /** What is set now is drawn to the corners and edges of others while a key is held. */
  readonly canSnap?: boolean;
  /** It changes nothing, so it may be used where nothing may be drawn. */
  readonly isHarmless?: boolean;
  /** It changes what is drawn already, and is of no use before. */
  readonly needsShapes?: boolean;
  /** Something is being drawn or dragged. */
  readonly isBusy: boolean;
  down(pointer: Pointer): void;
  /** With every position since the last call, for curves drawn fast. */
  move(pointer: Pointer, passed: Point[]): void;
  up(pointer: Pointer): void;
  /** Throw away what is being drawn. */
  cancel(): void;
  /** Keep what is being drawn while another tool is used; without this it is thrown away. */
  putAside?(): void;
  /** The tool is chosen again, perhaps with something that was put aside. */
  takeUp?(): void;
  /** What outlives the page; null when nothing is half drawn. Without this nothing does. */
  readonly halfDrawn?: HalfDrawn | null;
  /** Have in hand again what an earlier page has kept, put aside; false when it makes no sense any more. */
  goOn?(kept: HalfDrawn): boolean;
  /** Finish what is being drawn, by the Enter key. */
  finish?(): void;
  /** Move what it points at by keys. */
  nudge?(dx: number, dy: number): void;
  /** Take back the last step of what is being drawn; false when there is none. */
  undoStep?(): boolean;
  redoStep?(): boolean;
  /** There is such a step. */
  readonly canUndo?: boolean;
  readonly canRedo?: boolean;
  /** The wheel was turned up (1, 2, …) or down; true when the tool made use of it. */
  wheel?(steps: number, held: Held): boolean;
  draw(context: Canvas2D): void;
  /** What to do next is known from its hint only, which then stays in sight. */
  readonly guides?: boolean;
  /** One line about what to do now. */
  readonly hint: string;
}
