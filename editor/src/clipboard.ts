/** Shapes that were copied: they can be pasted on any image, also after another page was opened. */

import type { TaskData } from "./save/api";
import { isMuch } from "./shapes/much";
import type { Shape } from "./shapes/types";

export interface Clip {
  task: number;
  label: number;
  /** From back to front, each with the name of its class, for tasks that have others. */
  shapes: (Shape & { className: string })[];
}

const NAME = "s3label clipboard";
/** More corners than that would take too long to become text, and soon be more than a browser stores. */
const MOST = 25_000;
let inMemory: Clip | null = null;

/** True if they can be pasted in other windows, too. */
export function copy(label: number, task: TaskData, shapes: readonly Shape[]): boolean {
  const names = new Map(task.classes.map(({ id, name }) => [id, name]));
  const clip = { task: task.id, label, shapes: shapes.map((shape) => ({ ...shape, className: names.get(shape.class) ?? "" })) };
  inMemory = clip;
  try {
    // What was copied before must not be pasted instead.
    localStorage.removeItem(NAME);
    if (isMuch(shapes, MOST)) return false;
    localStorage.setItem(NAME, JSON.stringify(clip));
    return true;
  } catch {
    // There is no room, or storage is off: they stay in this page.
    return false;
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

/** What copies become in a task: of its classes. */
export function classed(
  shapes: readonly (Shape & { className?: string })[],
  task: TaskData,
  fallback: number | null,
): { shapes: Shape[]; unknown: string[] } {
  const open = task.classes.filter(({ archived }) => !archived);
  const unknown = new Set<string>();
  const made = shapes.flatMap(({ className, ...shape }) => {
    const known = open.find(({ id, name }) => (className === undefined ? id === shape.class : name === className));
    if (!known) unknown.add(className ?? task.classes.find(({ id }) => id === shape.class)?.name ?? "of that kind");
    const label = known?.id ?? fallback;
    return label === null ? [] : [{ ...shape, class: label } as Shape];
  });
  return { shapes: made, unknown: [...unknown] };
}
