/** What part of the image is on the screen: X = x * s + tx, in CSS pixels of the stage. */

import type { Box, Point } from "./shapes/types";

export interface View {
  /** Screen pixels per image pixel. */
  s: number;
  x: number;
  y: number;
}

export const LEAST_SCALE = 0.05;
export const MOST_SCALE = 64;

export const toImage = (view: View, screen: Point): Point => ({
  x: (screen.x - view.x) / view.s,
  y: (screen.y - view.y) / view.s,
});

export const toScreen = (view: View, image: Point): Point => ({
  x: image.x * view.s + view.x,
  y: image.y * view.s + view.y,
});

/** Zoom by a factor; the image point under the pointer stays where it is. */
export function zoomed(view: View, factor: number, at: Point): View {
  // An image that fits only below the least scale may stay there, but go no further.
  const s = Math.min(MOST_SCALE, Math.max(Math.min(LEAST_SCALE, view.s), view.s * factor));
  const k = s / view.s;
  return { s, x: at.x - (at.x - view.x) * k, y: at.y - (at.y - view.y) * k };
}

export const panned = (view: View, dx: number, dy: number): View => ({
  s: view.s,
  x: view.x + dx,
  y: view.y + dy,
});

/** The whole box in the middle of the stage, `margin` pixels free around it. */
export function fitted(box: Box, width: number, height: number, margin = 24): View {
  const w = Math.max(1, box.x1 - box.x0);
  const h = Math.max(1, box.y1 - box.y0);
  const free = Math.min((width - 2 * margin) / w, (height - 2 * margin) / h);
  const s = Math.min(MOST_SCALE, Math.max(0.001, free));
  return { s, x: (width - w * s) / 2 - box.x0 * s, y: (height - h * s) / 2 - box.y0 * s };
}

/** The part of the image plane that the stage shows. */
export const seenBox = (view: View, stage: { width: number; height: number }): Box => ({
  x0: -view.x / view.s,
  y0: -view.y / view.s,
  x1: (stage.width - view.x) / view.s,
  y1: (stage.height - view.y) / view.s,
});

/** Keep at least a corner of the image on the stage, so that nobody loses it. */
export function kept(view: View, image: { width: number; height: number }, w: number, h: number): View {
  const rest = 80;
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  return {
    s: view.s,
    x: clamp(view.x, rest - image.width * view.s, w - rest),
    y: clamp(view.y, rest - image.height * view.s, h - rest),
  };
}
