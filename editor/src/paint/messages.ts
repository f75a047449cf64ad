/** What the page and its two painting workers say to each other. */

import type { Attribute } from "../attributes";
import type { Skeleton } from "../shapes/skeleton";
import type { PictureLook } from "../settings";
import type { Shape } from "../shapes/types";
import type { Frame, Pyramid } from "./tiles";
import type { Range } from "./windowing";

export interface Style {
  /** Class id → colour as #rrggbb. */
  colors: Record<number, string>;
  /** Class id → its skeleton, where it has one. */
  skeletons: Record<number, Skeleton>;
  /** Class id → name, written on the shapes; empty when nothing is written. */
  names: Record<number, string>;
  /** What may be said of shapes, where it is written on them; otherwise null. */
  answers: readonly Attribute[] | null;
  /** Class id → number of its hatching; empty when none is wanted. */
  patterns: Record<number, number>;
  /** Every shape has a colour of its own. */
  byObject: boolean;
  /** 0 to 1, of the filled area. */
  fill: number;
  /** Width of the outline in CSS pixels. */
  stroke: number;
}

/** A layer has two bitmaps: what the stage shows with a margin, and all of the image, small. */
export type Which = "main" | "overview";

export interface PaintOrder {
  type: "paint";
  which: Which;
  frame: Frame;
  /** Device pixels per CSS pixel. */
  ratio: number;
  rev: number;
}

export type ToPictureWorker =
  | { type: "picture"; bitmap: ImageBitmap }
  /** Its values beyond 8 bits, packed as they came. */
  | { type: "deep"; bitmap: ImageBitmap }
  /** With a range, the tiles hold values beyond 8 bits, packed. */
  | { type: "tiles"; pyramid: Pyramid; url: string; range: Range | null }
  /** Tiles that had been cleared away on the server are there again. */
  | { type: "again" }
  | { type: "look"; look: PictureLook }
  | PaintOrder;

export type ToShapeWorker =
  | { type: "shapes"; shapes: Shape[]; style: Style }
  | { type: "style"; style: Style }
  /** Some of the shapes of a change that is still to come; the last of them come with it. */
  | { type: "part"; set: Shape[] }
  | { type: "change"; set: Shape[]; remove: string[] }
  /** The shapes that have a white outline. */
  | { type: "select"; ids: string[] }
  /** What models suggest, and what of it waits. */
  | { type: "suggestions"; shapes: Shape[] }
  | { type: "waiting"; ids: string[] }
  | { type: "hide"; ids: string[] }
  | PaintOrder;

/** More of the content has come since it was painted; or it is gone from the server. */
export interface Word {
  type: "more" | "gone";
}

/** The picture has more than 8 bits; these are its values. */
export interface Depth {
  type: "depth";
  range: Range;
}

export interface Painted {
  which: Which;
  frame: Frame;
  bitmap: ImageBitmap;
  /** Every change up to this one is in the bitmap. */
  rev: number;
}
