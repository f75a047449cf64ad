/** Keys to commands, and the keys that act while they are held. */

import { findCommand, type Command } from "./commands";
import type { Editor } from "./editor";

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");

export function listenToKeys(editor: Editor, commands: () => Command[]): void {
  window.addEventListener("keydown", (event) => {
    noteHeld(editor, event);
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (holds(editor, event, true)) return;
    const command = findCommand(commands(), event);
    if (!command) return;
    // Enter and arrows on a focused button are the button's own.
    if (event.key === "Enter" && !event.ctrlKey && event.target instanceof HTMLButtonElement) return;
    event.preventDefault();
    if (command.isEnabled()) command.run();
  });
  window.addEventListener("keyup", (event) => {
    noteHeld(editor, event);
    holds(editor, event, false);
  });
  // A key let go in another window is never heard of here.
  window.addEventListener("blur", () => {
    editor.hidesShapes = false;
    editor.held = { shift: false, alt: false };
    letGoOfSpace(editor);
    editor.onDraw();
  });
}

/** Tools show beforehand what Shift and Alt will make of them. */
function noteHeld(editor: Editor, { shiftKey: shift, altKey: alt }: KeyboardEvent): void {
  if (shift === editor.held.shift && alt === editor.held.alt) return;
  editor.held = { shift, alt };
  editor.onDraw();
}

function holds(editor: Editor, event: KeyboardEvent, down: boolean): boolean {
  if (event.key === "Alt") {
    // Otherwise Firefox and Windows open the menu after an Alt stroke.
    event.preventDefault();
    return true;
  }
  if (event.ctrlKey || event.metaKey) return false;
  if (event.key.toLowerCase() === "h") {
    editor.hidesShapes = down;
    editor.onDraw();
    return true;
  }
  if (event.key === " ") {
    if (down && event.target instanceof HTMLButtonElement && event.target.matches(":focus-visible")) return false;
    event.preventDefault();
    if (down) holdSpace(editor);
    else letGoOfSpace(editor);
    return true;
  }
  return false;
}

function holdSpace(editor: Editor): void {
  const select = editor.tools.get("select")!;
  if (editor.toolBefore || editor.tool === select || editor.tool?.isBusy) return;
  editor.toolBefore = editor.tool;
  editor.tool = select;
  editor.onPanels();
  editor.onDraw();
}

function letGoOfSpace(editor: Editor): void {
  if (!editor.toolBefore) return;
  editor.tool?.cancel();
  editor.tool = editor.toolBefore;
  editor.toolBefore = null;
  editor.hover = null;
  editor.onPanels();
  editor.onDraw();
}
