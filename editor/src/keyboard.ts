/** Keys to commands, and the keys that act while they are held. */

import type { Command } from "./command";
import type { Editor } from "./editor";
import { findCommand } from "./keymap";

const MOVES = /^(Arrow\w+|Home|End|PageUp|PageDown)$/;

/** Is the key for the control that has the focus, and not for the image? */
function isForControl(event: KeyboardEvent): boolean {
  const { target, key } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement && target.type === "range") return MOVES.test(key) || key === "Tab";
  if (target instanceof HTMLInputElement && /checkbox|radio/.test(target.type)) return key === " " || MOVES.test(key);
  if (target.matches("input, textarea, select, [contenteditable]")) return true;
  if (!target.matches("button, a, summary") || event.ctrlKey || event.metaKey) return false;
  // Links open in another window by it; buttons have no use for Shift.
  if (event.shiftKey && !target.matches("a")) return false;
  return key === "Enter" || (key === " " && target.matches(":focus-visible"));
}

export function listenToKeys(editor: Editor, commands: () => readonly Command[]): void {
  /** By the place of their key: with Shift it would have another name when it is let go. */
  const held = new Map<string, Command>();
  // Asked before the window hears of the key, as the answer may close it.
  let isForWindow = false;
  const before = (event: KeyboardEvent) => {
    isForWindow = document.querySelector("dialog[open]") !== null;
    // While Chinese or Japanese is typed, Enter and Escape are about the word.
    if (event.isComposing) event.stopPropagation();
  };
  window.addEventListener("keydown", before, true);
  window.addEventListener("keydown", (event) => {
    noteHeld(editor, event);
    if (event.key === "Alt") event.preventDefault(); // Firefox and Windows would open the menu.
    if (isForControl(event) || isForWindow) return;
    const command = findCommand(commands(), event);
    if (!command?.isOffered || command.isForBrowser?.(event)) return;
    event.preventDefault();
    if (held.has(event.code)) return;
    if (!command.isEnabled()) {
      const words = command.whyNot?.();
      if (words) editor.say(words, "warning");
      return;
    }
    if (command.release) held.set(event.code, command);
    command.run();
  });
  window.addEventListener("keyup", (event) => {
    noteHeld(editor, event);
    held.get(event.code)?.release?.();
    held.delete(event.code);
  });
  // A key let go in another window is never heard of here.
  window.addEventListener("blur", () => {
    for (const command of held.values()) command.release?.();
    held.clear();
    editor.held = { shift: false, alt: false };
    editor.onDraw();
  });
}

/** Tools show beforehand what Shift and Alt will make of them. */
function noteHeld(editor: Editor, { shiftKey: shift, altKey: alt }: KeyboardEvent): void {
  if (shift === editor.held.shift && alt === editor.held.alt) return;
  editor.held = { shift, alt };
  editor.onDraw();
}
