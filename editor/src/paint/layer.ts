/** A bitmap that a worker paints and the page moves by CSS until the next one arrives. */

import type { View } from "../view";
import type { FromWorker, ToWorker } from "./messages";

/** The bitmap is this much larger than the stage on each side, for panning. */
const MARGIN = 0.125;
/** A larger bitmap takes longer to paint and to move than it saves. */
const MOST_PIXELS = 8_000_000;

export class BitmapLayer {
  readonly canvas = document.createElement("canvas");
  private readonly context = this.canvas.getContext("bitmaprenderer")!;
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  private shown: FromWorker | null = null;
  private view: View = { s: 1, x: 0, y: 0 };
  private size = { width: 1, height: 1 };
  private painting = false;
  private stale = false;
  /** Changes up to this one are on the screen. */
  rev = 0;

  constructor(
    className: string,
    private readonly onPainted: () => void = () => {},
  ) {
    this.canvas.className = className;
    this.canvas.setAttribute("aria-hidden", "true");
    this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.receive(data);
  }

  tell(message: ToWorker, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
    if (message.type !== "paint") this.repaint();
  }

  /** Show another part of the image: at once by moving, soon after by painting. */
  show(view: View, width: number, height: number): void {
    const same = view.s === this.view.s && view.x === this.view.x && view.y === this.view.y;
    if (same && width === this.size.width && height === this.size.height) return;
    this.view = view;
    this.size = { width, height };
    this.place();
    this.repaint();
  }

  clear(): void {
    this.shown = null;
    this.canvas.hidden = true;
  }

  private repaint(): void {
    if (this.painting) {
      this.stale = true;
      return;
    }
    const { width, height } = this.size;
    if (width < 2 || height < 2) return;
    this.painting = true;
    this.stale = false;
    let margin = { x: Math.round(width * MARGIN), y: Math.round(height * MARGIN) };
    const ratio = window.devicePixelRatio || 1;
    if ((width + 2 * margin.x) * (height + 2 * margin.y) * ratio ** 2 > MOST_PIXELS) {
      margin = { x: 32, y: 32 };
    }
    this.worker.postMessage({
      type: "paint",
      view: this.view,
      width: width + 2 * margin.x,
      height: height + 2 * margin.y,
      margin,
      ratio,
    } satisfies ToWorker);
  }

  private receive(painted: FromWorker): void {
    this.painting = false;
    this.shown = painted;
    this.rev = painted.rev;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.style.width = `${painted.bitmap.width / ratio}px`;
    this.canvas.style.height = `${painted.bitmap.height / ratio}px`;
    this.context.transferFromImageBitmap(painted.bitmap);
    this.canvas.hidden = false;
    this.place();
    this.onPainted();
    if (this.stale) this.repaint();
  }

  private place(): void {
    if (!this.shown) return;
    const { view, margin } = this.shown;
    const k = this.view.s / view.s;
    const x = this.view.x - view.x * k - margin.x * k;
    const y = this.view.y - view.y * k - margin.y * k;
    this.canvas.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
  }
}
