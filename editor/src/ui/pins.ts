/** The places that comments are about, as buttons on the image. */

import type { Comments } from "../comments";
import type { Editor } from "../editor";
import { toScreen } from "../view";
import { h } from "./dom";

export class Pins {
  readonly element = h("div", { class: "pins", role: "group", "aria-label": "Comments on the image" });
  private places: { pin: HTMLElement; x: number; y: number }[] = [];

  constructor(
    private readonly editor: Editor,
    private readonly comments: Comments,
    private readonly onChosen: () => void,
  ) {
    this.element.addEventListener("pointerdown", (event) => event.stopPropagation());
  }

  /** Other comments than before. */
  update(): void {
    const { threads, chosen, draft } = this.comments;
    this.places = [];
    threads.forEach((comment, i) => {
      const { id, place, settled, by, words } = comment;
      if (!place || (settled && id !== chosen)) return;
      const title = `Comment ${i + 1} by ${by}: ${words.slice(0, 200)}`;
      const state = `${settled ? " is-settled" : ""}${id === chosen ? " is-chosen" : ""}`;
      const pin = h("button", { type: "button", class: `pin${state}`, title, "aria-label": title }, String(i + 1));
      pin.addEventListener("click", () => {
        this.comments.chosen = id;
        this.comments.onChange();
        this.onChosen();
      });
      this.places.push({ pin, x: place[0], y: place[1] });
    });
    if (draft?.place) {
      const pin = h("span", { class: "pin is-new" }, "…");
      this.places.push({ pin, x: draft.place[0], y: draft.place[1] });
    }
    this.element.replaceChildren(...this.places.map(({ pin }) => pin));
    this.place();
  }

  /** The view has changed, or what one is doing. */
  place(): void {
    const { editor } = this;
    this.element.hidden = !this.places.length || !editor.document || editor.hidesShapes || editor.past !== null;
    // While something is drawn, a pin in the way must not take the click.
    this.element.classList.toggle("is-passive", editor.tool?.isBusy ?? false);
    for (const { pin, x, y } of this.places) {
      const at = toScreen(editor.view, { x, y });
      pin.style.transform = `translate(${at.x}px, ${at.y}px)`;
    }
  }
}
