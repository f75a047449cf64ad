/** What can be done with the selected shapes, as buttons: for mice and fingers. */

import type { Command } from "../command";
import type { Editor } from "../editor";
import { commandButton } from "./bars";
import { h } from "./dom";

const IDS = [
  ...["duplicate", "copy", "paste", "to-front", "to-back", "lock", "hide-selected", "show-all"],
  ...["merge", "separate", "fill-holes", "simplify"],
  ...["to-polygon", "to-mask", "to-rectangle", "to-rotated", "to-ellipse"],
];

export class Actions {
  readonly element = h("section", { class: "actions", "aria-label": "Selected shapes" });
  private readonly words = h("h2");
  private readonly buttons = h("div", { class: "action-buttons" });

  constructor(private readonly editor: Editor) {
    this.element.append(this.words, this.buttons);
  }

  setCommands(commands: readonly Command[]): void {
    const found = IDS.flatMap((id) => commands.find((command) => command.id === id) ?? []);
    this.buttons.replaceChildren(...found.map((command) => commandButton(command)));
  }

  update(): void {
    const { size } = this.editor.selection;
    this.element.hidden = !this.editor.editable;
    this.words.textContent = size ? `Selected ${size}` : "Nothing selected";
  }
}
