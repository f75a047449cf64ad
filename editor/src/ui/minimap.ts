/** The whole image, small, with a frame around what the stage shows; drag to go elsewhere. */

import type { Editor } from "../editor";
import { seenBox } from "../view";
import { h } from "./dom";

const LONGEST_SIDE = 170;

export class Minimap {
  private readonly picture = h("img", { alt: "", draggable: "false" });
  private readonly seen = h("div", { class: "seen" });
  /** The keys and the wheel do the same, so those who do not see it miss nothing. */
  readonly element = h("div", { class: "minimap", "aria-hidden": "true", hidden: true }, this.picture, this.seen);
  isWanted = true;
  private scale = 1;

  constructor(private readonly editor: Editor) {
    this.element.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.element.setPointerCapture(event.pointerId);
      this.go(event);
    });
    this.element.addEventListener("pointermove", (event) => {
      if (event.buttons) this.go(event);
    });
  }

  /** Another image. */
  open(): void {
    const { width, height, thumbnail } = this.editor.document!.data.image;
    this.scale = LONGEST_SIDE / Math.max(width, height);
    this.picture.src = thumbnail;
    this.element.style.width = `${Math.max(8, width * this.scale)}px`;
    this.element.style.height = `${Math.max(8, height * this.scale)}px`;
  }

  update(): void {
    const { document, view, stage } = this.editor;
    if (!document) return void (this.element.hidden = true);
    const { width, height } = document.data.image;
    const box = seenBox(view, stage);
    const isAll = box.x0 <= 0 && box.y0 <= 0 && box.x1 >= width && box.y1 >= height;
    const hasRoom = stage.width > 3 * LONGEST_SIDE && stage.height > 2 * LONGEST_SIDE;
    this.element.hidden = isAll || !this.isWanted || !hasRoom;
    if (this.element.hidden) return;
    const x0 = Math.max(0, box.x0) * this.scale;
    const y0 = Math.max(0, box.y0) * this.scale;
    const x1 = Math.min(width, box.x1) * this.scale;
    const y1 = Math.min(height, box.y1) * this.scale;
    this.seen.style.transform = `translate(${x0}px, ${y0}px)`;
    this.seen.style.width = `${Math.max(4, x1 - x0)}px`;
    this.seen.style.height = `${Math.max(4, y1 - y0)}px`;
  }

  /** Bring the place under the pointer into the middle of the stage. */
  private go(event: PointerEvent): void {
    const box = this.element.getBoundingClientRect();
    const { view, stage } = this.editor;
    this.editor.setView({
      s: view.s,
      x: stage.width / 2 - ((event.clientX - box.left) / this.scale) * view.s,
      y: stage.height / 2 - ((event.clientY - box.top) / this.scale) * view.s,
    });
  }
}
