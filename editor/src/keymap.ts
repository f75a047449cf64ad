/** Which keys run which command: the usual ones, and what a person chose instead. */

import type { Command } from "./command";
import type { KeyChoices } from "./settings";

/** The key of an event as the table writes it. */
export function keyName(event: KeyboardEvent): string {
  // Where a key writes a letter of another alphabet, it is the one that is printed beside it.
  const latin = event.key.length === 1 && event.key > "\x7f" ? /^Key(.)$/.exec(event.code)?.[1] : null;
  const letter = event.key === " " ? "Space" : (latin ?? event.key);
  const key = letter.length === 1 ? letter.toUpperCase() : letter;
  // Digits by their place: French keyboards have them behind Shift, all others the signs. Either way it is Shift.
  // But with AltGr their keys write signs, as the brackets on German ones.
  const place = event.getModifierState("AltGraph") ? undefined : /^Digit(\d)$/.exec(event.code)?.[1];
  const isSign = !/^[0-9A-Z]$/.test(key) && key.length === 1;
  const digit = place !== undefined && (isSign || event.shiftKey) ? place : null;
  const isShifted = event.shiftKey && (digit !== null || (key.length > 1 || /^[A-Z]$/.test(key)));
  const modifiers = [
    event.ctrlKey || event.metaKey ? "Ctrl+" : "",
    event.altKey ? "Alt+" : "",
    isShifted ? "Shift+" : "",
  ];
  return modifiers.join("") + (digit ?? key);
}

export function findCommand(commands: readonly Command[], event: KeyboardEvent): Command | null {
  const name = keyName(event);
  const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
  const exact = commands.find(({ keys }) => keys.includes(name));
  // What is held while one draws works together with the keys that the tools know.
  const bare = name.replace(/Shift\+|Alt\+/g, "");
  const drawing = commands.find((one) => (one.release || one.isWhileDrawing) && one.keys.includes(bare));
  if (exact && drawing?.isWhileDrawing && !exact.isEnabled() && drawing.isEnabled()) return drawing;
  return (
    exact ??
    // Signs such as "?" and "+" need Shift or a digit's key on many keyboards.
    (hasModifier ? null : commands.find(({ keys }) => keys.includes(event.key))) ??
    drawing ??
    null
  );
}

/** Give every command the keys that were chosen for it, or else its usual ones. */
export function applyKeys(commands: readonly Command[], choices: KeyChoices): void {
  const chosen = new Set(commands.flatMap(({ id }) => choices[id] ?? []));
  for (const command of commands) {
    // A later version may use for something new what somebody has chosen: the choice stands.
    command.keys = choices[command.id] ?? command.usualKeys.filter((key) => !chosen.has(key));
  }
}

const ARROWS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

/** A key as people write it. */
export const keyText = (key: string): string =>
  key.replace(/Arrow\w+$/, (arrow) => ARROWS[arrow]).replace("Escape", "Esc").replace("Delete", "Del");
