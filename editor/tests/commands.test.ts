import { describe, expect, it } from "vitest";
import { HELD_KEYS, makeCommands } from "../src/commands";
import { Editor } from "../src/editor";
import { whyNot, withKeys } from "../src/keychoosing";
import { applyKeys, findCommand, keyName } from "../src/keymap";
import type { Session } from "../src/session";
import type { Settings } from "../src/settings";
import type { Tool } from "../src/tools/tool";
import { NO_WINDOWS } from "./driving";

const TOOLS = ["select", "rectangle", "polygon", "freehand", "circle", "point"];

function commands(attributes: object[] = []) {
  const editor = new Editor();
  editor.tools = new Map(TOOLS.map((name) => [name, { name } as Tool]));
  const classes = Array.from({ length: 12 }, (_, i) => ({ id: i, name: `Class ${i}`, color: "#000", archived: false }));
  editor.task = { classes, attributes } as never;
  return makeCommands(editor, {} as Session, {} as Settings, NO_WINDOWS);
}

const press = (key: string, code: string, modifiers: Partial<KeyboardEvent> = {}) =>
  ({ key, code, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false, getModifierState: () => false, ...modifiers }) as KeyboardEvent;

const byId = (all: ReturnType<typeof commands>, id: string) => all.find((command) => command.id === id)!;
const found = (event: KeyboardEvent) => findCommand(commands(), event)?.id;

describe("the table of commands", () => {
  it("gives no key twice, and none that is held for something else", () => {
    const keys = commands().flatMap((command) => command.keys);
    const held = HELD_KEYS.map(([key]) => key.toUpperCase());
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(held).not.toContain(key.toUpperCase());
  });

  it("has an id, a name and a group for each, and no id twice", () => {
    const all = commands();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id, name, group } of all) expect(id && name && group).toBeTruthy();
  });

  it("keeps the keys of the original", () => {
    expect(found(press("ArrowLeft", "ArrowLeft"))).toBe("previous");
    expect(found(press("ArrowRight", "ArrowRight"))).toBe("next");
    expect(found(press("z", "KeyZ", { ctrlKey: true }))).toBe("undo");
    expect(found(press("y", "KeyY", { ctrlKey: true }))).toBe("redo");
    expect(found(press("Z", "KeyZ", { ctrlKey: true, shiftKey: true }))).toBe("redo");
    expect(found(press("z", "KeyZ", { metaKey: true }))).toBe("undo");
    expect(found(press("Delete", "Delete"))).toBe("delete");
    expect(found(press("Escape", "Escape"))).toBe("escape");
    expect(found(press("3", "Digit3"))).toBe("class-3");
  });

  it("finds digits on a French keyboard, and signs wherever they are", () => {
    expect(found(press("&", "Digit1"))).toBe("class-1");
    expect(found(press("1", "Digit1", { shiftKey: true }))).toBe("class-1");
    expect(found(press("?", "Slash", { shiftKey: true }))).toBe("shortcuts");
    expect(found(press("?", "Minus", { shiftKey: true }))).toBe("shortcuts");
    expect(found(press("+", "Equal", { shiftKey: true }))).toBe("zoom-in");
    expect(found(press("=", "Digit0", { shiftKey: true }))).toBe("actual");
  });

  it("tells Shift with a digit of the row apart on a French keyboard too, and leaves the numeric pad", () => {
    const tag = { id: 1, name: "Tag", of_image: true, class: null, kind: "choice", options: ["a", "b"], archived: false };
    const all = commands([tag]);
    expect(findCommand(all, press("1", "Digit1", { shiftKey: true }))?.id).toBe("tag-1");
    expect(findCommand(all, press("é", "Digit2"))?.id).toBe("class-2");
    expect(findCommand(all, press("@", "Digit2", { shiftKey: true }))?.id).toBe("tag-2");
    expect(findCommand(all, press("1", "Numpad1"))?.id).toBe("class-1");
    expect(findCommand(all, press("1", "Numpad1", { shiftKey: true }))?.id).toBe("class-1");
    applyKeys(all, { fit: ["Shift+1"] });
    expect(findCommand(all, press("1", "Digit1", { shiftKey: true }))?.id).toBe("fit");
  });

  it("finds letters where the keyboard writes another alphabet, and brackets behind AltGr", () => {
    expect(found(press("я", "KeyZ", { ctrlKey: true }))).toBe("undo");
    expect(found(press("Я", "KeyZ", { ctrlKey: true, shiftKey: true }))).toBe("redo");
    expect(found(press("ρ", "KeyR"))).toBe("tool-rectangle");
    expect(found(press("з", "KeyP"))).toBe("tool-polygon");
    const all = commands();
    const altGr = (name: string) => name === "AltGraph";
    expect(findCommand(all, press("[", "Digit8", { getModifierState: altGr }))?.id).toBe("brush-smaller");
    expect(findCommand(all, press("]", "Digit9", { getModifierState: altGr }))?.id).toBe("brush-larger");
    // A letter with a sign of its own is no other alphabet's where its key has no Latin letter.
    expect(keyName(press("ü", "BracketLeft"))).toBe("Ü");
  });

  it("leaves the browser its own keys", () => {
    expect(found(press("r", "KeyR", { ctrlKey: true }))).toBeUndefined();
    expect(found(press("p", "KeyP", { ctrlKey: true }))).toBeUndefined();
    expect(found(press("ArrowLeft", "ArrowLeft", { altKey: true }))).toBeUndefined();
    expect(keyName(press("Tab", "Tab", { shiftKey: true }))).toBe("Shift+Tab");
  });
});

describe("keys that somebody chose", () => {
  it("run the command, and the usual ones no longer do", () => {
    const all = commands();
    applyKeys(all, { "tool-polygon": ["Q"] });
    expect(findCommand(all, press("q", "KeyQ"))?.id).toBe("tool-polygon");
    expect(findCommand(all, press("p", "KeyP"))).toBeNull();
    applyKeys(all, {});
    expect(findCommand(all, press("p", "KeyP"))?.id).toBe("tool-polygon");
  });

  it("win over a usual key that a later version gives to something else", () => {
    const all = commands();
    applyKeys(all, { fit: ["Z"], "tool-point": ["Ctrl+Z"] });
    expect(byId(all, "undo").keys).toEqual([]);
    expect(findCommand(all, press("z", "KeyZ", { ctrlKey: true }))?.id).toBe("tool-point");
  });

  it("are refused in words where another command or the browser has them", () => {
    const all = commands();
    expect(whyNot(all, "tool-polygon", "R")).toContain("R already is “Rectangle”");
    expect(whyNot(all, "tool-polygon", "Ctrl+T")).toContain("belongs to the browser");
    expect(whyNot(all, "tool-polygon", "P")).toBeNull();
    expect(whyNot(all, "tool-polygon", "Ctrl+Alt+P")).toBeNull();
    // Also those of a tool that this task does not have: another task may.
    expect(whyNot(all, "fit", "B")).toContain("“Brush”");
  });

  it("are kept only where they differ from the usual ones", () => {
    const all = commands();
    const changed = withKeys(all, {}, "fit", ["Q"]);
    expect(changed).toEqual({ fit: ["Q"] });
    expect(withKeys(all, changed, "undo", [])).toEqual({ fit: ["Q"], undo: [] });
    expect(withKeys(all, changed, "fit", ["0"])).toEqual({});
    expect(withKeys(all, changed, "fit", null)).toEqual({});
  });

  it("find what is held also together with Shift and Alt", () => {
    expect(found(press(" ", "Space"))).toBe("hand");
    expect(found(press(" ", "Space", { shiftKey: true }))).toBe("hand");
    expect(found(press(" ", "Space", { altKey: true }))).toBe("hand");
    expect(found(press(" ", "Space", { ctrlKey: true }))).toBeUndefined();
  });
});
