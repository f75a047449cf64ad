/** What the page and its painting workers say to each other. */

import type { Shape } from "../shapes/types";
import type { View } from "../view";

export interface Style {
  /** Class id → colour as #rrggbb. */
  colors: Record<number, string>;
  /** 0 to 1, of the filled area. */
  fill: number;
  /** Width of the outline in screen pixels. */
  stroke: number;
  visible: boolean;
}

export interface PaintOrder {
  type: "paint";
  view: View;
  /** Size of the bitmap and of the margin around the stage, in CSS pixels. */
  width: number;
  height: number;
  margin: { x: number; y: number };
  /** Device pixels per CSS pixel. */
  ratio: number;
}

export type ToWorker =
  | { type: "picture"; bitmap: ImageBitmap }
  | { type: "shapes"; shapes: Shape[]; rev: number }
  | { type: "change"; set: Shape[]; remove: string[]; rev: number }
  | { type: "style"; style: Style }
  | { type: "hide"; ids: string[] }
  | PaintOrder;

export interface FromWorker {
  bitmap: ImageBitmap;
  view: View;
  margin: { x: number; y: number };
  /** Every change up to this one is in the bitmap. */
  rev: number;
}
