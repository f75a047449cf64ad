/** Other keys for a command than the usual ones. */

import type { Command } from "./command";
import { keyText } from "./keymap";
import type { KeyChoices } from "./settings";

/** Browsers keep these for themselves, or people need them to get about the page. */
const NOT_OURS = new Set([
  ...["Tab", "Shift+Tab", "F5", "F11", "F12", "Alt+F4"],
  ...["L", "N", "R", "T", "W", "Tab"].flatMap((key) => [`Ctrl+${key}`, `Ctrl+Shift+${key}`]),
]);
/** They say what a tool does while they are held, or come with another key. */
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified"]);

export const isModifier = (event: KeyboardEvent): boolean => MODIFIERS.has(event.key);

/** Why a key cannot be given to a command, in words, or null when it can. */
export function whyNot(commands: readonly Command[], id: string, key: string): string | null {
  if (NOT_OURS.has(key)) return `${keyText(key)} belongs to the browser. Press another key.`;
  const other = commands.find((command) => command.id !== id && command.keys.includes(key));
  return other
    ? `${keyText(key)} already is “${other.name}”. Press another key, or change that one first.`
    : null;
}

/** The choices after a command got other keys; null gives it back its usual ones. */
export function withKeys(
  commands: readonly Command[],
  choices: KeyChoices,
  id: string,
  keys: string[] | null,
): KeyChoices {
  const usual = commands.find((command) => command.id === id)?.usualKeys ?? [];
  const others = Object.entries(choices).filter(([name]) => name !== id);
  const isUsual = keys === null || keys.join(" ") === usual.join(" ");
  return Object.fromEntries(isUsual ? others : [...others, [id, keys]]);
}
