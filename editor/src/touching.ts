/** Fingers on the stage: two move and zoom, a tap of two undoes, and none counts beside a pen. */

import type { Editor } from "./editor";
import type { Point } from "./shapes/types";
import { panned, zoomed, type View } from "./view";

/** Fingers that come and go so fast, without moving, tap. */
const TAP_MS = 300;
const TAP_PX = 12;
/** The hand that holds a pen lies on the glass a moment longer than the pen. */
const PALM_MS = 500;

export class Touching {
  private readonly places = new Map<number, Point>();
  /** Touches that are no fingers: a palm, while a pen draws. */
  private readonly palms = new Set<number>();
  private pinch: { view: View; middle: Point; distance: number } | null = null;
  private tap: { at: number; fingers: number; starts: Map<number, Point> } | null = null;
  private pen = { isDown: false, last: -Infinity };
  /** What was half drawn before the pointer came down. */
  private before = "";

  constructor(private readonly editor: Editor) {}

  /** Who draws with a pen moves the image with one finger too. */
  get movesImage(): boolean {
    return this.pen.last > -Infinity;
  }

  /** True when it is no business of the tools. */
  down(event: PointerEvent, at: Point): boolean {
    const isTouch = event.pointerType === "touch";
    if (event.pointerType === "pen") this.penDown(event);
    if (isTouch && (this.pen.isDown || event.timeStamp - this.pen.last < PALM_MS)) {
      this.palms.add(event.pointerId);
      return true;
    }
    if (!this.places.size) this.before = this.halfDrawn;
    if (!isTouch) return false;
    if (!this.places.size) this.tap = { at: event.timeStamp, fingers: 0, starts: new Map() };
    this.places.set(event.pointerId, at);
    if (this.tap) {
      this.tap.starts.set(event.pointerId, at);
      this.tap.fingers = Math.max(this.tap.fingers, this.places.size);
    }
    if (this.places.size === 2) this.startPinch();
    return this.places.size > 1;
  }

  move(event: PointerEvent, at: Point): boolean {
    if (this.palms.has(event.pointerId)) return true;
    if (!this.places.has(event.pointerId)) return false;
    this.places.set(event.pointerId, at);
    const start = this.tap?.starts.get(event.pointerId);
    if (start && Math.hypot(at.x - start.x, at.y - start.y) > TAP_PX) this.tap = null;
    // Fingers never lie quite still; a tap must not shake the image.
    if (this.pinch && !this.tap) this.movePinch();
    return this.pinch !== null;
  }

  up(event: PointerEvent): boolean {
    if (event.pointerType === "pen") this.pen = { isDown: false, last: event.timeStamp };
    if (this.palms.delete(event.pointerId)) return true;
    if (!this.places.delete(event.pointerId) || !this.pinch) return false;
    if (this.places.size) return true;
    this.pinch = null;
    this.endTap(event.timeStamp);
    return true;
  }

  /** What fingers had begun before the pen came was the hand that brings it. */
  private penDown({ timeStamp }: PointerEvent): void {
    this.pen = { isDown: true, last: timeStamp };
    if (this.places.size && !this.pinch) this.takeBack();
    for (const id of this.places.keys()) this.palms.add(id);
    this.places.clear();
    this.pinch = null;
    this.tap = null;
  }

  private endTap(now: number): void {
    const { tap } = this;
    this.tap = null;
    if (!tap || now - tap.at > TAP_MS) return;
    if (tap.fingers === 2) this.editor.changes.undo();
    else if (tap.fingers === 3) this.editor.changes.redo();
  }

  /** A second finger: what the first one began was no drawing; what was there before stays. */
  private startPinch(): void {
    this.takeBack();
    const [a, b] = [...this.places.values()];
    this.pinch = {
      view: this.editor.view,
      middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
      distance: Math.hypot(a.x - b.x, a.y - b.y),
    };
  }

  private get halfDrawn(): string {
    return JSON.stringify(this.editor.tool?.halfDrawn ?? null);
  }

  /** What was begun by coming down is none; the corners that were set before stay. */
  takeBack(): void {
    const { tool } = this.editor;
    if (this.before === "null") tool?.cancel();
    else if (this.before !== this.halfDrawn) tool?.undoStep?.();
  }

  private movePinch(): void {
    if (this.places.size !== 2) return;
    const [a, b] = [...this.places.values()];
    const { view, middle, distance } = this.pinch!;
    const now = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    const factor = Math.hypot(a.x - b.x, a.y - b.y) / (distance || 1);
    const grown = zoomed(view, factor, middle);
    this.editor.setView(panned(grown, now.x - middle.x, now.y - middle.y));
  }
}
