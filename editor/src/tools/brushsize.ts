/** How large the brush is, in image pixels. Pure. */

export const LEAST_RADIUS = 1;
export const MOST_RADIUS = 2000;
/** One press of a key, or one notch of the wheel. */
const STEP = 1.2;

/** The next size: a fifth more or less, at least half a pixel. */
export function resized(radius: number, steps: number): number {
  const grown = radius * STEP ** steps;
  const next = Math.abs(grown - radius) < 0.5 ? radius + 0.5 * Math.sign(steps) : grown;
  return Math.min(MOST_RADIUS, Math.max(LEAST_RADIUS, Math.round(next * 2) / 2));
}
