/** What was drawn in one stroke and cannot be: it stays in sight, to be tried again. */

import type { Editor } from "../editor";
import type { Ring } from "../shapes/types";

export interface Attempt {
  outline: Ring[];
  again(): void;
}

/**
 * Do it; what is refused is kept until it succeeds, is dropped, or something else is drawn. Without
 * an outline nothing is kept: what one wanted to rub out is no work.
 */
export function attempt(editor: Editor, outline: Ring[] | null, act: () => boolean): void {
  editor.refused = null;
  if (!act() && outline) editor.refused = { outline, again: () => attempt(editor, outline, act) };
  editor.onPanels();
  editor.onDraw();
}

/** Drop what was refused; false when there is nothing. */
export function dropRefused(editor: Editor): boolean {
  if (!editor.refused) return false;
  editor.refused = null;
  editor.onPanels();
  editor.onDraw();
  return true;
}

export const REFUSED_HINT = "What is dashed is not kept. Make room or choose another class: Enter tries again, Esc drops it.";
