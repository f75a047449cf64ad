/** Named points that belong together, and the lines between them. Pure. */

import type { NamedPoint, Ring } from "./types";

/** The named keypoints of a class, and which of them are joined, by their places. */
export interface Skeleton {
  points: string[];
  edges: [number, number][];
}

/** The lines of a skeleton whose two ends are there, each as x, y, x, y. */
export function segmentsOf(points: readonly NamedPoint[], skeleton: Skeleton | undefined): Ring[] {
  if (!skeleton?.edges.length) return [];
  const places = new Map(points.map((point) => [point.name, point]));
  return skeleton.edges.flatMap(([from, to]) => {
    const a = places.get(skeleton.points[from]);
    const b = places.get(skeleton.points[to]);
    return a && b ? [[a.x, a.y, b.x, b.y]] : [];
  });
}

/** The points in the order of their skeleton, what it does not know at the end. */
export function inOrder(points: readonly NamedPoint[], names: readonly string[]): NamedPoint[] {
  const place = ({ name }: NamedPoint) => {
    const found = names.indexOf(name);
    return found < 0 ? names.length : found;
  };
  return [...points].sort((a, b) => place(a) - place(b));
}
