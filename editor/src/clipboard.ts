/** Shapes that were copied: they can be pasted on any image, also after another page was opened. */

import type { TaskData } from "./save/api";
import { boxOf, moved } from "./shapes/geometry";
import { newId } from "./shapes/ids";
import type { Shape } from "./shapes/types";

export interface Clip {
  task: number;
  label: number;
  /** From back to front, each with the name of its class, for tasks that have others. */
  shapes: (Shape & { className: string })[];
}

const NAME = "s3label clipboard";
let inMemory: Clip | null = null;

export function copy(label: number, task: TaskData, shapes: readonly Shape[]): void {
  const names = new Map(task.classes.map(({ id, name }) => [id, name]));
  const clip = { task: task.id, label, shapes: shapes.map((shape) => ({ ...shape, className: names.get(shape.class) ?? "" })) };
  inMemory = clip;
  try {
    localStorage.setItem(NAME, JSON.stringify(clip));
  } catch {
    // Too many, or storage is off: they stay in this page.
  }
}

export function copied(): Clip | null {
  try {
    const text = localStorage.getItem(NAME);
    // Another tab may have copied since.
    if (text) return JSON.parse(text) as Clip;
  } catch {
    // Storage is off.
  }
  return inMemory;
}

/** The shape where it is if it lies on the image, else as near to there as the border lets it. */
function broughtInside(shape: Shape, { width, height }: { width: number; height: number }): Shape {
  const { x0, y0, x1, y1 } = boxOf(shape);
  const step = (low: number, high: number, most: number) => Math.max(Math.min(0, most - high), -low);
  const dx = x0 < 0 || x1 > width ? step(x0, x1, width) : 0;
  const dy = y0 < 0 || y1 > height ? step(y0, y1, height) : 0;
  return dx || dy ? moved(shape, dx, dy) : shape;
}

/** What copies become in a task: of its classes, inside its image, new shapes in front of all others. */
export function asNew(
  shapes: readonly (Shape & { className?: string })[],
  task: TaskData,
  image: { width: number; height: number },
  z: number,
  by: { x: number; y: number },
  fallback: number | null,
): { shapes: Shape[]; unknown: string[] } {
  const open = task.classes.filter(({ archived }) => !archived);
  const unknown = new Set<string>();
  const made = shapes.flatMap(({ className, ...shape }, i) => {
    const known = open.find(({ id, name }) => (className === undefined ? id === shape.class : name === className));
    if (!known) unknown.add(className ?? task.classes.find(({ id }) => id === shape.class)?.name ?? "of that kind");
    const label = known?.id ?? fallback;
    if (label === null) return [];
    const there = broughtInside(moved(shape as Shape, by.x, by.y), image);
    return [{ ...there, id: newId(), class: label, z: z + i } as Shape];
  });
  return { shapes: made, unknown: [...unknown] };
}
