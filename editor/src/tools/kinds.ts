/** Which kind of shape each tool makes, as in labeling/tools.py. */

import type { Kind } from "../shapes/types";

const KINDS: Record<string, Kind> = {
  rectangle: "rect",
  rotated_rectangle: "rect",
  polygon: "polygon",
  freehand: "polygon",
  brush: "polygon",
  eraser: "polygon",
  circle: "ellipse",
  ellipse: "ellipse",
  polyline: "line",
  point: "points",
  keypoints: "points",
};

export const kindsOf = (tools: readonly string[]): Set<Kind> =>
  new Set(tools.flatMap((tool) => KINDS[tool] ?? []));

/** These work on areas, and make polygons of them. */
export const isForAreas = (tool: string): boolean => tool === "fill" || tool === "split";
