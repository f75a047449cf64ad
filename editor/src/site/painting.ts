/** What pages around the editor hold to be painted; made by labeling/previews.py. */

import type { Attribute } from "../attributes";
import type { Style } from "../paint/messages";
import { styleOf, type PaintedClass } from "../paint/style";
import { USUAL_LOOK, type Look } from "../settings";
import type { Shape } from "../shapes/types";

export interface Painting {
  image: [width: number, height: number];
  classes: PaintedClass[];
  attributes?: Attribute[];
  /** As the person chose it in the editor. */
  look: Partial<Look>;
  shapes: Shape[];
  /** What others drew on the same image. */
  others?: { by: string; shapes: Shape[] }[];
}

export const readPainting = (script: Element): Painting => JSON.parse(script.textContent!) as Painting;

export const styleFor = ({ classes, attributes, look }: Painting, more: Partial<Look> = {}): Style =>
  styleOf(classes, { ...USUAL_LOOK, ...look, ...more }, attributes);
