/** A line at the lower border: what the tool in hand does. It fades, and what was read often stays away. */

import type { Editor } from "../editor";
import { REFUSED_HINT } from "../tools/attempt";
import { toScreen } from "../view";
import { h } from "./dom";

/** Who has seen a hint so often knows it. */
const OFTEN = 3;
/** So near to the lower border of the stage, in pixels, the pointer is at the hint. */
const ROOM = 70;

export class Hint {
  readonly element = h("div", { class: "hint" });
  private readonly seen = new Map<string, number>();

  constructor(private readonly editor: Editor) {}

  update(): void {
    const { editable, refused, tool } = this.editor;
    const words = (editable && (refused ? REFUSED_HINT : tool?.hint)) || "";
    if (words === this.element.textContent) return;
    const times = (this.seen.get(words) ?? 0) + 1;
    this.seen.set(words, times);
    const stays = refused || tool?.guides;
    // A new line each time, because its fading begins anew.
    const line = h("span", { class: stays ? "stays" : times > OFTEN ? "known" : "" }, words);
    this.element.replaceChildren(...(words ? [line] : []));
  }

  /** It makes room for what one draws at the lower border. */
  place(): void {
    const { pointer, view, stage } = this.editor;
    const isBelow = pointer !== null && toScreen(view, pointer).y > stage.height - ROOM;
    this.element.classList.toggle("is-away", isBelow);
  }
}
