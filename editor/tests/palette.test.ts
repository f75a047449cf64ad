/** What the palette finds by a few letters, while nothing is selected and little is possible. */

import { expect, it } from "vitest";
import type { Command } from "../src/command";
import { makeCommands } from "../src/commands";
import type { Session } from "../src/session";
import type { Settings } from "../src/settings";
import { OTHER_WORDS } from "../src/ui/otherwords";
import { fit, ranked } from "../src/ui/palette";
import { Driver, NO_WINDOWS } from "./driving";

const all: Command[] = makeCommands(new Driver().editor, {} as Session, {} as Settings, NO_WINDOWS).filter(({ id }) => id !== "palette");
const found = (typed: string): string[] => ranked(all, typed).map(({ id }) => id);

it.each([
  ["merge", "merge"],
  ["join", "merge"],
  ["union", "merge"],
  ["cut", "cut"],
  ["split", "tool-split"],
  ["bbox", "tool-rectangle"],
  ["hotkey", "shortcuts"],
  ["shortcut", "shortcuts"],
  ["submit", "complete"],
  ["zin", "zoom-in"],
  ["skip im", "give-back"],
])("%s finds %s first, possible or not", (typed, id) => {
  expect(found(typed)[0]).toBe(id);
});

it("finds nothing by letters that are scattered over a name", () => {
  expect(found("cut")).not.toContain("look");
  expect(found("merge")).not.toContain("say");
  expect(fit("Zoom in View", "zin")).toBe(4);
  expect(fit("Picture and shapes", "cut")).toBeNull();
});

it("puts what is possible first where both fit as well", () => {
  const two = [false, true].map((isPossible) => ({ ...all[0], name: "Same", id: String(isPossible), isEnabled: () => isPossible }));
  expect(ranked(two, "same").map(({ id }) => id)).toEqual(["true", "false"]);
  expect(ranked(two, "").map(({ id }) => id)).toEqual(["true", "false"]);
});

it("has other words only for commands that there are, and not those of their names", () => {
  for (const [id, words] of Object.entries(OTHER_WORDS)) {
    const command = all.find((one) => one.id === id);
    expect(command, id).toBeDefined();
    for (const word of words.split(" ")) expect(command!.name.toLowerCase().split(" "), id).not.toContain(word);
  }
});
