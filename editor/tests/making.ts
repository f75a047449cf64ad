/** Shapes and chance for the tests: the same in every run. */

import type { Ground } from "../src/edits";
import type { Kind, Ring, Shape } from "../src/shapes/types";

/** An image of a task that permits all. */
export function ground(width: number, height: number, rules: Partial<Ground> = {}): Ground {
  const kinds = new Set<Kind>(["polygon", "rect", "ellipse", "line", "points"]);
  return { width, height, permitOverlap: true, newCuts: false, kinds, classes: new Map(), ...rules };
}

export function random(seed: number): () => number {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32;
  };
}

export const square = (x: number, y: number, side: number): Ring => [
  x, y, x + side, y, x + side, y + side, x, y + side,
];

export function polygon(id: string, rings: Ring[], z = 1): Shape {
  return { id, class: 1, z, attrs: {}, kind: "polygon", geom: { rings } };
}

/** A wobbly closed stroke that crosses itself now and then, as hands draw. */
export function stroke(chance: () => number, size: number, points = 40): Ring {
  const cx = size * (0.2 + 0.6 * chance());
  const cy = size * (0.2 + 0.6 * chance());
  const radius = size * (0.08 + 0.3 * chance());
  const ring: Ring = [];
  for (let i = 0; i < points; i++) {
    const angle = (2 * Math.PI * i * 1.1) / points;
    const r = radius * (0.5 + chance());
    ring.push(
      Math.round((cx + r * Math.cos(angle)) * 100) / 100,
      Math.round((cy + r * Math.sin(angle)) * 100) / 100,
    );
  }
  return ring;
}

/**
 * The oracle of areas: which pixel centres lie inside, by the winding number or by parity.
 * It shares no code with the editor.
 */
export function raster(rings: Ring[], size: number, rule: "evenodd" | "nonzero"): Uint8Array {
  const inside = new Uint8Array(size * size);
  for (let row = 0; row < size; row++) {
    const y = row + 0.5;
    const crossings: [number, number][] = [];
    for (const ring of rings) {
      for (let i = 0; i < ring.length; i += 2) {
        const j = (i + 2) % ring.length;
        const [x0, y0, x1, y1] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
        if (y0 <= y === y1 <= y) continue;
        crossings.push([x0 + ((y - y0) / (y1 - y0)) * (x1 - x0), y1 > y0 ? 1 : -1]);
      }
    }
    for (let column = 0; column < size; column++) {
      const left = crossings.filter(([x]) => x < column + 0.5);
      const winding = left.reduce((sum, [, way]) => sum + way, 0);
      inside[row * size + column] = Number(rule === "evenodd" ? left.length % 2 === 1 : winding !== 0);
    }
  }
  return inside;
}

export function distanceToEdges(rings: Ring[], x: number, y: number): number {
  let least = Infinity;
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const j = (i + 2) % ring.length;
      const [dx, dy] = [ring[j] - ring[i], ring[j + 1] - ring[i + 1]];
      const t = ((x - ring[i]) * dx + (y - ring[i + 1]) * dy) / (dx * dx + dy * dy || 1);
      const along = Math.min(1, Math.max(0, t));
      least = Math.min(least, Math.hypot(x - ring[i] - along * dx, y - ring[i + 1] - along * dy));
    }
  }
  return least;
}

export const combine = (a: Uint8Array, b: Uint8Array, rule: (a: number, b: number) => boolean): Uint8Array =>
  a.map((pixel, i) => Number(rule(pixel, b[i])));
