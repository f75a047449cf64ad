/**
 * A picture of the image plane that a worker paints and the page only moves.
 *
 * The main bitmap is larger than the stage by a margin. A new one is asked for when the view
 * nears its edge or has zoomed, or when the content changed. Where it does not reach, while one
 * zooms out or pans fast, the overview (all of the image, small) fills in.
 */

import type { Box } from "../shapes/types";
import { seenBox, type View } from "../view";
import type { Depth, Painted, Which, Word } from "./messages";
import type { Frame } from "./tiles";

/** Of the stage, on each side. */
const MARGIN = 0.25;
/** A larger bitmap takes longer to paint and to move than it saves. */
const MOST_PIXELS = 8_000_000;
const OVERVIEW_SIDE = 1024;
/** Milliseconds between two paintings while one zooms: in between, what there is grows or shrinks. */
const ZOOM_PAUSE = 120;

interface Size {
  width: number;
  height: number;
}

interface Sheet {
  canvas: HTMLCanvasElement;
  context: ImageBitmapRenderingContext;
  frame: Frame | null;
  rev: number;
}

export class BitmapLayer<Message> {
  readonly element = document.createElement("div");
  /** Of the content; the overlay draws what is newer than the bitmap. */
  private rev = 0;
  private readonly sheets: Record<Which, Sheet>;
  private isPainting = false;
  /** When the scale of the view last changed, and when a new one was last painted. */
  private scaledAt = -Infinity;
  private zoomedAt = -Infinity;
  private timer = 0;
  private oldestRev = 0;
  private image: Size = { width: 1, height: 1 };
  private view: View | null = null;
  private stage: Size = { width: 1, height: 1 };

  constructor(
    name: string,
    private readonly worker: Worker,
    /** An opaque overview lies under the main bitmap; of another, see `drawAround`. */
    isOpaque: boolean,
    private readonly onPainted: () => void = () => {},
    private readonly onWord: (word: Word | Depth) => void = () => {},
  ) {
    this.element.className = `layer ${name}`;
    this.element.setAttribute("aria-hidden", "true");
    this.sheets = { overview: newSheet(), main: newSheet() };
    if (isOpaque) this.element.append(this.sheets.overview.canvas);
    this.element.append(this.sheets.main.canvas);
    worker.onmessage = ({ data }: MessageEvent<Painted | Word | Depth>) => {
      if (!("type" in data)) this.receive(data);
      else if (data.type === "more") this.paintAgain();
      else this.onWord(data);
    };
  }

  /** Everything up to this change is on the stage. */
  get shownRev(): number {
    return this.sheets.main.rev;
  }

  /** All that was told is on the stage. */
  get isCurrent(): boolean {
    return this.shownRev === this.rev;
  }

  /** Part of a change, of which nothing is shown before the rest of it is told. */
  send(message: Message, transfer: Transferable[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  /** Change the content; gives the number of the change. */
  tell(message: Message, transfer: Transferable[] = []): number {
    this.send(message, transfer);
    this.rev++;
    this.ask();
    return this.rev;
  }

  private paintAgain(): void {
    this.rev++;
    this.ask();
  }

  /** Another image: nothing of the last one is shown again, also not what is being painted. */
  reset(image: Size): void {
    this.image = image;
    this.oldestRev = this.rev + 1;
    for (const sheet of Object.values(this.sheets)) {
      sheet.frame = null;
      sheet.rev = 0;
      sheet.canvas.hidden = true;
    }
  }

  /** Show another part of the image: at once by moving, soon after by painting. */
  show(view: View, stage: Size): void {
    if (this.view && this.view.s !== view.s) this.scaledAt = performance.now();
    this.view = view;
    this.stage = stage;
    for (const sheet of Object.values(this.sheets)) place(sheet, view);
    this.showOverview();
    this.ask();
  }

  private ask(): void {
    if (this.isPainting || !this.view || this.stage.width < 2 || this.stage.height < 2) return;
    const { main, overview } = this.sheets;
    const s = this.view.s * devicePixelRatio;
    const isEnough = main.frame?.s === s && reaches(main.frame, this.wanted(MARGIN / 3));
    const isNew = main.rev !== this.rev;
    if (main.frame && !isEnough && !isNew && this.canWait(main.frame, s)) return;
    if (!isEnough || isNew) this.order("main", this.mainFrame(s, isEnough));
    else if (!overview.frame || overview.rev !== this.rev) this.order("overview", this.overviewFrame());
  }

  /**
   * Painting every step of a zoom would leave no time to show them, and its margin waits until one
   * has come to rest. Asks again when it is time.
   */
  private canWait(frame: Frame, s: number): boolean {
    const now = performance.now();
    const isSharp = frame.s === s && reaches(frame, this.wanted(0));
    const since = isSharp ? this.scaledAt : frame.s === s ? -Infinity : this.zoomedAt;
    const rest = since + ZOOM_PAUSE - now;
    clearTimeout(this.timer);
    if (rest > 0) this.timer = setTimeout(() => this.ask(), rest);
    else if (!isSharp) this.zoomedAt = now;
    return rest > 0;
  }

  private order(which: Which, frame: Frame): void {
    this.isPainting = true;
    this.worker.postMessage({ type: "paint", which, frame, ratio: devicePixelRatio, rev: this.rev });
  }

  private receive({ which, frame, bitmap, rev }: Painted): void {
    this.isPainting = false;
    const sheet = this.sheets[which];
    if (rev >= this.oldestRev) {
      // Taking a bitmap does not change the size at which the canvas is laid out.
      if (sheet.canvas.width !== frame.width) sheet.canvas.width = frame.width;
      if (sheet.canvas.height !== frame.height) sheet.canvas.height = frame.height;
      sheet.context.transferFromImageBitmap(bitmap);
      sheet.canvas.hidden = false;
      sheet.frame = frame;
      sheet.rev = rev;
    } else {
      bitmap.close();
    }
    if (this.view) this.show(this.view, this.stage);
    this.onPainted();
  }

  /** What the stage shows of the image, and a margin around it. */
  private wanted(margin: number): Box {
    const { x0, y0, x1, y1 } = seenBox(this.view!, this.stage);
    const dx = (x1 - x0) * margin;
    const dy = (y1 - y0) * margin;
    return {
      x0: Math.max(0, x0 - dx),
      y0: Math.max(0, y0 - dy),
      x1: Math.min(this.image.width, x1 + dx),
      y1: Math.min(this.image.height, y1 + dy),
    };
  }

  private mainFrame(s: number, isEnough: boolean): Frame {
    const { main } = this.sheets;
    // The same frame again: the worker repaints only the box of what changed.
    if (isEnough && main.frame) return main.frame;
    const ratio = devicePixelRatio;
    const width = Math.ceil(this.stage.width * ratio);
    const height = Math.ceil(this.stage.height * ratio);
    const most = (Math.sqrt(MOST_PIXELS / (width * height)) - 1) / 2;
    // What grows while one zooms in needs none.
    const margin = main.frame && s > main.frame.s ? 0 : Math.max(0, Math.min(MARGIN, most));
    const left = Math.round(width * margin);
    const top = Math.round(height * margin);
    return {
      s,
      x: this.view!.x * ratio + left,
      y: this.view!.y * ratio + top,
      width: width + 2 * left,
      height: height + 2 * top,
    };
  }

  private overviewFrame(): Frame {
    const { width, height } = this.image;
    const s = Math.min(1, OVERVIEW_SIDE / Math.max(width, height));
    return { s, x: 0, y: 0, width: Math.ceil(width * s), height: Math.ceil(height * s) };
  }

  /** Composing a layer that nobody sees takes its time, too. */
  private showOverview(): void {
    this.sheets.overview.canvas.classList.toggle("is-away", !this.isShort);
  }

  /** Is the main bitmap too small for what is on the stage? */
  private get isShort(): boolean {
    const { main, overview } = this.sheets;
    return overview.frame !== null && !(main.frame && reaches(main.frame, this.wanted(0)));
  }

  /**
   * Draw the overview around the main bitmap, on another canvas of the stage: what lets light
   * through must not lie on its own overview, and clipping an element costs more than all the rest.
   */
  drawAround(context: CanvasRenderingContext2D): void {
    const { main, overview } = this.sheets;
    const { view } = this;
    if (!view || !overview.frame || !this.isShort) return;
    const { s } = overview.frame;
    const seen = this.wanted(0);
    for (const { x0, y0, x1, y1 } of around(seen, main.frame ? boxOfFrame(main.frame) : null)) {
      context.drawImage(
        overview.canvas,
        x0 * s,
        y0 * s,
        (x1 - x0) * s,
        (y1 - y0) * s,
        x0 * view.s + view.x,
        y0 * view.s + view.y,
        (x1 - x0) * view.s,
        (y1 - y0) * view.s,
      );
    }
  }
}

/** What is left of a box around a hole in it: above, below, on the left and on the right. */
function around({ x0, y0, x1, y1 }: Box, hole: Box | null): Box[] {
  if (!hole) return [{ x0, y0, x1, y1 }];
  const top = Math.max(y0, Math.min(y1, hole.y0));
  const bottom = Math.max(top, Math.min(y1, hole.y1));
  const left = Math.max(x0, Math.min(x1, hole.x0));
  const right = Math.max(left, Math.min(x1, hole.x1));
  const all = [
    { x0, y0, x1, y1: top },
    { x0, y0: bottom, x1, y1 },
    { x0, y0: top, x1: left, y1: bottom },
    { x0: right, y0: top, x1, y1: bottom },
  ];
  return all.filter((box) => box.x0 < box.x1 && box.y0 < box.y1);
}

function newSheet(): Sheet {
  const canvas = document.createElement("canvas");
  canvas.hidden = true;
  return { canvas, context: canvas.getContext("bitmaprenderer")!, frame: null, rev: 0 };
}

function boxOfFrame({ s, x, y, width, height }: Frame): Box {
  return { x0: -x / s, y0: -y / s, x1: (width - x) / s, y1: (height - y) / s };
}

/** Does the frame hold all of the box, give or take half a pixel? */
function reaches(frame: Frame, wanted: Box): boolean {
  const box = boxOfFrame(frame);
  const slack = 0.5 / frame.s;
  return (
    box.x0 <= wanted.x0 + slack &&
    box.y0 <= wanted.y0 + slack &&
    box.x1 >= wanted.x1 - slack &&
    box.y1 >= wanted.y1 - slack
  );
}

function place({ canvas, frame }: Sheet, view: View): void {
  if (!frame) return;
  const k = view.s / frame.s;
  canvas.style.transform = `translate(${view.x - frame.x * k}px, ${view.y - frame.y * k}px) scale(${k})`;
}
