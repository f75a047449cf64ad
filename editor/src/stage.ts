/** The stage: the layers over one another, and the pointer on them. */

import type { LabelDocument } from "./document";
import type { Editor } from "./editor";
import { BitmapLayer } from "./paint/layer";
import type { Depth, ToPictureWorker, Word } from "./paint/messages";
import { Overlay } from "./paint/overlay";
import { RestingShapes } from "./paint/resting";
import { styleOf } from "./paint/style";
import type { Range } from "./paint/windowing";
import { NoAnswer, type Api } from "./save/api";
import type { Settings } from "./settings";
import type { Point } from "./shapes/types";
import type { Pointer } from "./tools/tool";
import { tilesReady } from "./waiting";
import { Touching } from "./touching";
import { panned, toImage, zoomed } from "./view";

const WHEEL_SPEED = 0.0016;

const pictureWorker = () =>
  new Worker(new URL("./paint/pictureworker.ts", import.meta.url), { type: "module" });
export class Stage {
  readonly element = document.createElement("div");
  private readonly picture = new BitmapLayer<ToPictureWorker>(
    "picture",
    pictureWorker(),
    true,
    () => {},
    (word) => this.hear(word),
  );
  private readonly shapes: RestingShapes;
  private readonly overlay: Overlay;
  /** Of the values of the open picture, when they have more than 8 bits. */
  range: Range | null = null;
  onRange: () => void = () => {};
  private frame = 0;
  private readonly touching: Touching;
  private pan: Point | null = null;
  /** Where the pointer is on the stage; what lies below it changes when the image moves, too. */
  private over: Point | null = null;

  constructor(
    private readonly editor: Editor,
    private readonly settings: Settings,
    private readonly api: Api,
  ) {
    this.shapes = new RestingShapes(editor, () => this.redraw());
    this.overlay = new Overlay(editor);
    this.touching = new Touching(editor);
    this.element.className = "stage";
    this.element.tabIndex = 0;
    this.element.setAttribute("role", "application");
    this.element.setAttribute("aria-label", "Image; draw on it with the chosen tool");
    this.element.append(this.picture.element, this.shapes.layer.element, this.overlay.canvas);
    editor.onDraw = () => this.redraw();
    new ResizeObserver(() => this.resize()).observe(this.element);
    this.listen();
  }

  /** Show a document; nothing of the one before stays on the screen. */
  open(document: LabelDocument, picture: ImageBitmap | null, range: Range | null): void {
    const { image, task } = document.data;
    this.range = range;
    this.picture.reset(image);
    this.shapes.layer.reset(image);
    this.editor.style = styleOf(task.classes, this.settings.look, task.attributes);
    const { tiles, width, height } = image;
    if (picture) this.picture.tell({ type: "picture", bitmap: picture }, [picture]);
    else if (tiles) this.picture.tell({ type: "tiles", pyramid: { width, height, ...tiles }, url: tiles.url, range });
    this.shapes.open(document.store.shapes.values());
    document.store.onChange((changes) => {
      if (this.editor.document !== document || this.editor.past) return;
      this.shapes.take(changes);
      this.redraw();
    });
    // While the workers paint, so that it is there when the pointer comes.
    setTimeout(() => document.store.prepared());
  }

  /** Show the picture, or the shapes, as they were chosen to look. */
  applyLook(part: "picture" | "look"): void {
    const { look, picture } = this.settings;
    if (part === "picture") return void this.picture.tell({ type: "look", look: picture });
    this.editor.guides = { grid: look.grid, crosshair: look.crosshair };
    if (this.editor.task) {
      this.editor.style = styleOf(this.editor.task.classes, look, this.editor.task.attributes);
      this.shapes.layer.tell({ type: "style", style: this.editor.style });
    }
    this.redraw();
  }

  /** Take the values beyond 8 bits of the open picture. */
  deepen(bitmap: ImageBitmap): void {
    this.picture.tell({ type: "deep", bitmap }, [bitmap]);
  }

  private hear(word: Word | Depth): void {
    if (word.type !== "depth") return void this.askForTiles();
    this.range = word.range;
    this.onRange();
  }

  /** The server cleared them away while they were looked at; it makes them again. */
  private async askForTiles(): Promise<void> {
    const { document } = this.editor;
    const image = document?.data.image;
    if (!image?.tiles) return;
    let isTold = false;
    const tell = () => {
      if (!isTold) this.editor.say("Parts of this huge image are being prepared again.");
      isTold = true;
    };
    await tilesReady(this.api, image, image.tiles, undefined, tell).catch((problem: unknown) => {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.editor.say(problem.message, "warning");
    });
    if (this.editor.document === document) this.picture.tell({ type: "again" });
  }

  /** Show the drawing that is looked at: one of the past, or that of now. */
  showPast(): void {
    const { document, past } = this.editor;
    if (!document) return;
    this.shapes.open((past?.shapes ?? document.store.shapes).values());
    this.redraw();
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    this.editor.stage = { width, height };
    this.overlay.resize(width, height);
    if (this.editor.isFitted) this.editor.fit();
    this.redraw();
  }

  private redraw(): void {
    this.frame ||= requestAnimationFrame(() => this.drawFrame());
  }

  private drawFrame(): void {
    this.frame = 0;
    const { editor } = this;
    const { view, stage } = editor;
    if (this.over) editor.pointer = toImage(view, this.over);
    this.picture.show(view, stage);
    this.shapes.show();
    this.overlay.draw(this.shapes.pending, this.shapes.layer);
    this.element.style.cursor = this.pan ? "grabbing" : editor.past ? "grab" : (editor.tool?.cursor ?? "default");
    this.element.ariaBusy = String(editor.changes.isBusy);
    this.element.dataset.scale = String(view.s);
    this.element.dataset.x = String(view.x);
    this.element.dataset.y = String(view.y);
  }

  private listen(): void {
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.down(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    element.addEventListener("pointerup", (event) => this.up(event));
    element.addEventListener("pointercancel", (event) => this.up(event, true));
    element.addEventListener("lostpointercapture", (event) => event.pointerType === this.hand && (this.hand = null));
    element.addEventListener("pointerleave", () => {
      this.editor.pointer = this.over = null;
      this.editor.hover = null;
      this.redraw();
    });
    element.addEventListener("contextmenu", (event) => event.preventDefault());
    element.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
        // Some browsers turn the wheel sideways while Shift is held.
        const turned = Math.sign(event.deltaX + event.deltaY);
        const held = { shift: event.shiftKey, alt: event.altKey };
        if (turned && this.editor.editable && this.editor.tool?.wheel?.(-turned, held)) return;
        const speed = event.ctrlKey ? WHEEL_SPEED * 5 : WHEEL_SPEED;
        const factor = Math.exp(-event.deltaY * lines * speed);
        this.editor.setView(zoomed(this.editor.view, factor, this.onStage(event)));
      },
      { passive: false },
    );
  }

  private onStage(event: MouseEvent): Point {
    const box = this.element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private pointer(event: PointerEvent): Pointer {
    const screen = this.onStage(event);
    return {
      at: this.editor.placed(toImage(this.editor.view, screen)),
      screen,
      shift: event.shiftKey,
      alt: event.altKey,
      clicks: this.clicks,
      isTouch: event.pointerType === "touch",
    };
  }

  /** What draws now; who moves the mouse meanwhile, or touches the screen beside it, does not. */
  private hand: string | null = null;

  private isAnother({ pointerType }: PointerEvent): boolean {
    return this.hand !== null && (this.hand === "mouse") !== (pointerType === "mouse");
  }

  private clicks = 1;
  private lastDown = { time: 0, x: 0, y: 0 };

  private countClicks(event: PointerEvent): void {
    const { time, x, y } = this.lastDown;
    const isSecond = event.timeStamp - time < 350 && Math.hypot(event.clientX - x, event.clientY - y) < 6;
    this.clicks = isSecond && this.clicks === 1 ? 2 : 1;
    this.lastDown = { time: event.timeStamp, x: event.clientX, y: event.clientY };
  }

  private down(event: PointerEvent): void {
    if (!this.editor.document) return;
    this.element.focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    if (this.isAnother(event)) return;
    if (this.touching.down(event, this.onStage(event))) {
      this.pan = null;
      return;
    }
    const isMove = this.editor.past || (event.pointerType === "touch" && this.touching.movesImage);
    // In the past nothing is drawn: one only moves about.
    if (event.button === 1 || event.button === 2 || (event.button === 0 && isMove)) {
      event.preventDefault();
      this.pan = this.onStage(event);
      return;
    }
    if (event.button !== 0) return;
    this.countClicks(event);
    const { editor } = this;
    if (!editor.editable && !editor.tool?.isHarmless) {
      editor.say(editor.document!.whyNotEditable, "warning");
      return;
    }
    const pointer = this.pointer(event);
    if (this.takesSuggestion(pointer)) return;
    this.hand = event.pointerType;
    editor.tool?.down(pointer);
    this.redraw();
  }

  /** With the tool that selects, a click looks at a suggestion, and a second one accepts it. */
  private takesSuggestion({ at, clicks }: Pointer): boolean {
    const { editor } = this;
    if (editor.tool?.name !== "select" || editor.shapeAt(at)) return false;
    const found = editor.suggestions.at(at);
    if (!found) return false;
    if (clicks === 2) editor.suggestions.accept([found]);
    else editor.suggestions.choose(found.id);
    return true;
  }

  private move(event: PointerEvent): void {
    const { editor } = this;
    if (!editor.document) return;
    const screen = this.onStage(event);
    if (this.touching.move(event, screen) || this.isAnother(event)) return;
    // While another button is held, one that is let go is told as a move.
    if (event.button === 0 && !(event.buttons & 1) && !this.pan) return this.up(event);
    this.over = screen;
    editor.pointer = toImage(editor.view, screen);
    if (this.pan) {
      editor.setView(panned(editor.view, screen.x - this.pan.x, screen.y - this.pan.y));
      this.pan = screen;
      return;
    }
    if (editor.past) return this.redraw();
    const passed = event.getCoalescedEvents().map((one) => editor.placed(toImage(editor.view, this.onStage(one))));
    editor.tool?.move(this.pointer(event), passed.length ? passed : [editor.pointer]);
    this.redraw();
  }

  private up(event: PointerEvent, cancelled = false): void {
    if (this.isAnother(event) || this.touching.up(event)) return;
    if (this.pan) {
      this.pan = null;
      return this.redraw();
    }
    if (!this.editor.document) return;
    if (cancelled) this.touching.takeBack();
    else if (event.button === 0) this.editor.tool?.up(this.pointer(event));
    this.redraw();
  }
}
