/** How much is drawn, or copied, within a frame of the page. */

import { cornersOf } from "./convert";
import type { Shape } from "./types";

/** So many corners are drawn within a frame; more are painted by a worker. */
const MOST = 8_000;

export function isMuch(shapes: Iterable<Shape>, most = MOST): boolean {
  let left = most;
  for (const shape of shapes) if ((left -= cornersOf(shape)) < 0) return true;
  return false;
}
