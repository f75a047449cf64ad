/** The window in which two versions of a shape stand side by side, to choose one or keep both. */

import { choicesOf, choose, type Choice, type Clash } from "../conflicts";
import type { Editor } from "../editor";
import { keyName } from "../keymap";
import { outline } from "../paint/difference";
import { boxOf } from "../shapes/geometry";
import type { Box, Shape } from "../shapes/types";
import { fitted } from "../view";
import { h } from "./dom";

const WIDTH = 340;
const HEIGHT = 250;
const COLORS = { theirs: "#ffb000", mine: "#39c2ff" };

export class VersionsWindow {
  readonly element = h("dialog", { class: "versions", "aria-labelledby": "versions-title" });
  private waiting: Clash[] = [];
  private decided = 0;

  constructor(
    private readonly editor: Editor,
    private readonly onDone: () => void,
  ) {
    this.element.addEventListener("keydown", (event) => {
      const choice = this.choices[Number(keyName(event).replace("Shift+", "")) - 1];
      if (choice) this.decide(choice);
    });
    // Escape leaves things as they are: both are there.
    this.element.addEventListener("close", () => {
      this.waiting = [];
      this.decided = 0;
      this.onDone();
    });
  }

  get isOpen(): boolean {
    return this.element.open;
  }

  show(clashes: Clash[]): void {
    if (!clashes.length) return;
    this.waiting.push(...clashes);
    this.render();
    if (!this.element.open) this.element.showModal();
    this.element.querySelector<HTMLElement>("button")?.focus();
  }

  /** Another image is opened: what was not decided stays as both. */
  close(): void {
    this.element.close();
  }

  private get choices(): Choice[] {
    return this.waiting.length ? choicesOf(this.waiting[0]) : [];
  }

  private decide(choice: Choice, isForAll = false): void {
    const now = isForAll ? this.waiting.splice(0) : this.waiting.splice(0, 1);
    for (const clash of now) choose(clash, choicesOf(clash).includes(choice) ? choice : "mine");
    this.decided += now.length;
    if (!this.waiting.length) return this.element.close();
    this.render();
    this.element.querySelector<HTMLElement>("button")?.focus();
  }

  private render(): void {
    const [clash] = this.waiting;
    const all = this.waiting.length + this.decided;
    const title = all > 1 ? `Two versions of a shape (${this.decided + 1} of ${all})` : "Two versions of a shape";
    this.element.replaceChildren(
      h("h2", { id: "versions-title" }, title),
      h("p", {}, "It was changed here and in another window. Which one shall stay? Both are in the history."),
      h("div", { class: "pair" }, this.side(clash, "theirs", "The other window"), this.side(clash, "mine", "This window")),
      h("footer", {}, ...this.buttons(clash)),
    );
  }

  private buttons(clash: Clash): HTMLElement[] {
    const words = {
      theirs: clash.theirs ? "Keep the other" : "Delete it",
      mine: clash.mine ? "Keep mine" : "Delete it",
      both: "Keep both",
    };
    const buttons = choicesOf(clash).map((choice, i) => {
      const button = h("button", { type: "button", "data-choice": choice }, words[choice], h("kbd", {}, String(i + 1)));
      button.addEventListener("click", () => this.decide(choice));
      return button;
    });
    if (this.waiting.length === 1) return buttons;
    const rest = h("button", { type: "button", class: "rest" }, `Keep mine of all ${this.waiting.length}`);
    rest.addEventListener("click", () => this.decide("mine", true));
    return [...buttons, rest];
  }

  private side(clash: Clash, side: "theirs" | "mine", name: string): HTMLElement {
    const shape = clash[side];
    const label = shape && this.editor.task?.classes.find(({ id }) => id === shape.class)?.name;
    const canvas = h("canvas", { width: WIDTH, height: HEIGHT, role: "img", "aria-label": `${name}: ${label ?? "deleted"}` });
    void this.paint(canvas, clash, shape, COLORS[side]);
    return h("figure", {}, canvas, h("figcaption", {}, h("strong", {}, name), ` ${label ?? "deleted it"}`));
  }

  private async paint(canvas: HTMLCanvasElement, clash: Clash, shape: Shape | null, color: string): Promise<void> {
    const { image } = clash.document.data;
    const context = canvas.getContext("2d")!;
    const view = fitted(around(clash), WIDTH, HEIGHT);
    const drawShape = () => shape && outline(context, shape, view, color, []);
    drawShape();
    const picture = new Image();
    picture.src = image.url;
    // A picture that does not come leaves the outlines, which still can be told apart.
    await picture.decode().catch(() => undefined);
    context.setLineDash([]);
    context.clearRect(0, 0, WIDTH, HEIGHT);
    if (picture.naturalWidth) context.drawImage(picture, view.x, view.y, image.width * view.s, image.height * view.s);
    drawShape();
  }
}

/** Both versions, with some room, so that the two pictures show the same place. */
function around({ mine, theirs }: Clash): Box {
  const boxes = [mine, theirs].flatMap((shape) => (shape ? [boxOf(shape)] : []));
  const box = {
    x0: Math.min(...boxes.map(({ x0 }) => x0)),
    y0: Math.min(...boxes.map(({ y0 }) => y0)),
    x1: Math.max(...boxes.map(({ x1 }) => x1)),
    y1: Math.max(...boxes.map(({ y1 }) => y1)),
  };
  const room = Math.max(box.x1 - box.x0, box.y1 - box.y0, 20) * 0.25;
  return { x0: box.x0 - room, y0: box.y0 - room, x1: box.x1 + room, y1: box.y1 + room };
}
