/** Which keys run which command: the usual ones, and what a person chose instead. */

import type { Command } from "./commands";

/** Command id → keys; only commands that have other keys than usual. */
export type KeyChoices = Record<string, string[]>;

/** Browsers keep these for themselves, or people need them to get about the page. */
const NOT_OURS = new Set([
  ...["Tab", "Shift+Tab", "F5", "F11", "F12", "Alt+F4"],
  ...["L", "N", "R", "T", "W", "Tab"].flatMap((key) => [`Ctrl+${key}`, `Ctrl+Shift+${key}`]),
]);
/** They say what a tool does while they are held, or come with another key. */
const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified"]);

/** The key of an event as the table writes it. */
export function keyName(event: KeyboardEvent): string {
  const letter = event.key === " " ? "Space" : event.key;
  const key = letter.length === 1 ? letter.toUpperCase() : letter;
  // Digits by their place: French keyboards have them behind Shift, all others the signs.
  const place = /^Digit(\d)$/.exec(event.code)?.[1];
  const isSign = !/^[0-9A-Z]$/.test(key) && key.length === 1;
  const digit = place !== undefined && isSign ? place : null;
  const isShifted = event.shiftKey && (digit !== null || (key.length > 1 || /^[A-Z]$/.test(key)));
  const modifiers = [
    event.ctrlKey || event.metaKey ? "Ctrl+" : "",
    event.altKey ? "Alt+" : "",
    isShifted ? "Shift+" : "",
  ];
  return modifiers.join("") + (digit ?? key);
}

export const isModifier = (event: KeyboardEvent): boolean => MODIFIERS.has(event.key);

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

const ARROWS: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓" };

/** A key as people write it. */
export const keyText = (key: string): string =>
  key.replace(/Arrow\w+$/, (arrow) => ARROWS[arrow]).replace("Escape", "Esc").replace("Delete", "Del");
