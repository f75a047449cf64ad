/** docs/keys.md is made from the table of commands: `npm run keys` writes it. */

import { expect, it } from "vitest";
import { HELD_KEYS, makeCommands } from "../src/commands";
import { Editor } from "../src/editor";
import { keyText } from "../src/keymap";
import type { Session } from "../src/session";
import type { Settings } from "../src/settings";
import { TOOLS } from "../src/tools/catalog";
import type { Tool } from "../src/tools/tool";
import { NO_WINDOWS } from "./driving";

const kbd = (key: string) => `<kbd>${key.replace("|", "\\|")}</kbd>`;
const keys = (names: readonly string[]) => names.map((name) => kbd(keyText(name))).join(" or ") || "none";

function everyCommand() {
  const editor = new Editor();
  editor.tools = new Map(TOOLS.map(({ name }) => [name, { name } as Tool]));
  const classes = Array.from({ length: 9 }, (_, i) => ({ id: i, name: `Class ${i + 1}`, color: "#000", archived: false }));
  const options = classes.map((_, i) => String(i + 1));
  const tag = { id: 1, name: "Tag", key: "Tag", of_image: true, class: null, kind: "choice", options, archived: false };
  editor.task = { classes, attributes: [tag] } as never;
  return makeCommands(editor, {} as Session, {} as Settings, NO_WINDOWS);
}

function page(): string {
  const groups = new Map<string, string[]>();
  const add = (group: string, name: string, names: readonly string[]) =>
    groups.set(group, [...(groups.get(group) ?? []), `| ${name} | ${keys(names)} |`]);
  for (const { group, name, usualKeys } of everyCommand()) add(group, name, usualKeys);
  for (const [key, name] of HELD_KEYS) add("With the mouse, while held", name, [key]);
  const tables = [...groups].map(([group, rows]) => `## ${group}\n\n| command | keys |\n|---|---|\n${rows.join("\n")}\n`);
  return `# Keys of the editor

Made from the editor's table of commands by \`npm run keys\` in \`editor/\`; a test compares them. Tools are
there when the task allows them. Every key can be changed: press <kbd>?</kbd>, then the button of the key.

${tables.join("\n")}`;
}

it("is the table of commands, as docs/keys.md shows it", async () => {
  await expect(page()).toMatchFileSnapshot("../../docs/keys.md");
});
