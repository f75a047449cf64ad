/** Many shapes that are seen elsewhere, or otherwise, than they are: a worker paints them, the page moves the picture. */

import { Feed, inPortions, portionsOf } from "../feed";
import type { Box, Point, Shape } from "../shapes/types";
import type { View } from "../view";
import { BitmapLayer } from "./layer";
import type { Style, ToShapeWorker } from "./messages";

interface Size {
  width: number;
  height: number;
}

/** Shapes, the box around them, and how far from their places they are seen. */
export interface Lift {
  shapes: readonly Shape[];
  box: Box;
  by: Point;
}

export class LiftedLayer {
  private layer: BitmapLayer<ToShapeWorker> | null = null;
  private shapes: readonly Shape[] = [];
  /** The change with which all of them are painted. */
  private rev = Infinity;
  private readonly feed = new Feed();

  constructor(
    private readonly start: () => Worker,
    private readonly onPainted: () => void,
    /** Where it comes to lie. */
    private readonly place: (element: HTMLElement) => void,
  ) {}

  /** All of what is lifted is in sight here. */
  get isPainted(): boolean {
    return this.layer !== null && this.layer.shownRev >= this.rev;
  }

  show({ shapes, by }: Lift, view: View, stage: Size, image: Size, style: Style): void {
    if (!this.layer) {
      this.layer = new BitmapLayer("lifted", this.start(), false, this.onPainted);
      this.place(this.layer.element);
    }
    const { layer } = this;
    if (this.shapes !== shapes) this.take(layer, shapes, image, style);
    layer.element.hidden = false;
    layer.show({ s: view.s, x: view.x + by.x * view.s, y: view.y + by.y * view.s }, stage);
  }

  hide(): void {
    if (!this.shapes.length) return;
    this.shapes = [];
    this.rev = Infinity;
    this.feed.clear();
    this.layer!.element.hidden = true;
  }

  private take(layer: BitmapLayer<ToShapeWorker>, shapes: readonly Shape[], image: Size, style: Style): void {
    this.shapes = shapes;
    this.rev = Infinity;
    layer.reset(image);
    const sayLast = (set: Shape[]) => void (this.rev = layer.tell({ type: "change", set, remove: [] }));
    this.feed.clear();
    this.feed.say([() => layer.send({ type: "shapes", shapes: [], style })]);
    this.feed.say(inPortions(portionsOf(shapes, (shape) => shape), (set) => layer.send({ type: "part", set }), sayLast));
  }
}
