/** What was drawn in one stroke and cannot be: it stays in sight, to be tried again. */

import type { Board } from "../board";
import type { Order } from "../cut/orders";
import type { Gesture } from "../gesture";

/**
 * Do it; what is refused is taken back by its tool, or else kept until it succeeds, is dropped, or
 * something else is drawn. What has no outline is not kept: what one wanted to rub out is no work.
 */
export function attempt(editor: Board, gesture: Gesture, takeBack: () => boolean = () => false): void {
  let order: Order | null = null;
  editor.refused = null;
  editor.changes.carryOut({
    ...gesture,
    order: () => (order = gesture.order()),
    then: (isDone, outcome) => {
      gesture.then?.(isDone, outcome);
      const { outline } = outcome;
      if (!isDone && !takeBack() && outline && order) editor.refused = { outline, order };
      editor.onPanels();
      editor.onDraw();
    },
  });
  editor.onPanels();
}

/** Drop what was refused; false when there is nothing. */
export function dropRefused(editor: Board): boolean {
  if (!editor.refused) return false;
  editor.refused = null;
  editor.onPanels();
  editor.onDraw();
  return true;
}

export const REFUSED_HINT = "What is dashed is not kept. Make room or choose another class: Enter tries again, Esc drops it.";
