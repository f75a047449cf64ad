/** Sets the keypoints of a class one after the other, as its skeleton names them. */

import type { Editor } from "../editor";
import { drawShape, type Canvas2D } from "../paint/painter";
import type { HalfDrawn } from "../save/journal";
import { round2 } from "../shapes/geometry";
import { inOrder, type Skeleton } from "../shapes/skeleton";
import type { NamedPoint, Point, Shape } from "../shapes/types";
import { toScreen } from "../view";
import { drawingShape } from "./areas";
import { Aside } from "./aside";
import { drawWords } from "./draft";
import type { Pointer, Tool } from "./tool";

type PointsShape = Extract<Shape, { kind: "points" }>;

interface KeptKeypoints extends HalfDrawn {
  set: (NamedPoint | null)[];
  undone: (NamedPoint | null)[];
  /** The shape that is completed. */
  base: string | null;
}

export class KeypointsTool implements Tool {
  readonly name = "keypoints";
  readonly cursor = "crosshair";
  readonly guides = true;
  readonly canSnap = true;
  /** What was set so far, in order; null where a point was skipped. */
  private set: (NamedPoint | null)[] = [];
  private undone: (NamedPoint | null)[] = [];
  /** The class of the first click, and the shape that is completed, if there is one. */
  private label: { id: number; skeleton: Skeleton } | null = null;
  private base: PointsShape | null = null;
  private isPressed = false;
  private pointer: Point | null = null;
  private readonly aside: Aside;

  constructor(private readonly editor: Editor) {
    this.aside = new Aside(editor);
  }

  get isBusy(): boolean {
    return this.set.length > 0;
  }

  get hint(): string {
    const names = this.names();
    if (!names.length) return "This class has no keypoints: choose another, or ask the staff for them.";
    const name = names[this.set.length];
    return `Click: ${name} (${this.set.length + 1} of ${names.length}). Alt: occluded. “.” skips it, Enter ends.`;
  }

  down({ at, alt }: Pointer): void {
    if (!this.isBusy && !this.begin()) return;
    const { width, height } = this.editor.image;
    if (at.x < 0 || at.y < 0 || at.x > width || at.y > height) {
      return this.editor.say("That lies outside the image. “.” skips a point that is not on it.", "warning");
    }
    const name = this.names()[this.set.length];
    this.set.push({ name, x: round2(at.x), y: round2(at.y), visible: !alt });
    this.undone = [];
    this.isPressed = true;
    this.changed();
  }

  /** As long as the button is down, the point can still be put right. */
  move({ at }: Pointer): void {
    this.pointer = at;
    const last = this.set.at(-1);
    if (this.isPressed && last) {
      const { width, height } = this.editor.image;
      const x = round2(Math.min(width, Math.max(0, at.x)));
      const y = round2(Math.min(height, Math.max(0, at.y)));
      this.set[this.set.length - 1] = { ...last, x, y };
    }
    this.editor.onDraw();
  }

  up(pointer: Pointer): void {
    if (!this.isPressed) return;
    this.move(pointer);
    this.isPressed = false;
    if (this.set.length === this.names().length) this.finish();
  }

  finish(): void {
    const points = this.set.filter((point) => point !== null);
    const { label, base } = this;
    if (!label) return;
    this.cancel();
    if (!points.length) return this.editor.say("Every point was skipped, so nothing is kept.", "warning");
    if (base) {
      const all = inOrder([...base.geom.points, ...points], label.skeleton.points);
      this.editor.changes.put("add keypoints", [base], [{ ...base, geom: { points: all } }]);
    } else {
      this.editor.changes.carryOut(drawingShape(this.editor, "set keypoints", { kind: "points", geom: { points } }, label.id));
    }
  }

  /** The next point is not on this image. */
  skip(): void {
    if (!this.isBusy && !this.begin()) return;
    this.set.push(null);
    this.undone = [];
    this.changed();
    if (this.set.length === this.names().length) this.finish();
  }

  /** The point that was set last is hidden by something, or is not. */
  toggleOccluded(): boolean {
    const last = this.set.at(-1);
    if (!last) return false;
    this.set[this.set.length - 1] = { ...last, visible: !last.visible };
    this.changed();
    return true;
  }

  putAside(): void {
    this.isPressed = false;
    this.pointer = null;
    if (this.isBusy) this.aside.put();
  }

  takeUp(): void {
    this.aside.take();
  }

  get halfDrawn(): KeptKeypoints | null {
    const { set, undone, label, base } = this;
    return label && this.isBusy ? { label: label.id, set, undone, base: base?.id ?? null } : null;
  }

  /** Unless the class or the shape has other points by now. */
  goOn({ label, set, undone, base }: KeptKeypoints): boolean {
    const found = this.editor.labelClass(label);
    const shape = base === null ? null : this.editor.document!.store.shapes.get(base);
    if (shape === undefined || (shape && shape.kind !== "points")) return false;
    const names = namesLeft(found, shape);
    const inTurn = [...set, ...[...undone].reverse()];
    if (inTurn.length > names.length || inTurn.some((point, i) => point && point.name !== names[i])) return false;
    Object.assign(this, { set, undone, label: found, base: shape });
    this.aside.putBefore(label);
    return true;
  }

  cancel(): void {
    this.aside.forget();
    this.set = [];
    this.undone = [];
    this.label = this.base = null;
    this.isPressed = false;
    this.changed();
  }

  get canUndo(): boolean {
    return this.isBusy;
  }

  get canRedo(): boolean {
    return this.undone.length > 0;
  }

  undoStep(): boolean {
    const point = this.set.pop();
    if (point === undefined) return false;
    this.undone.push(point);
    this.isPressed = false;
    this.changed();
    return true;
  }

  redoStep(): boolean {
    const point = this.undone.pop();
    if (point === undefined || (!this.label && !this.begin())) return false;
    this.set.push(point);
    this.changed();
    return true;
  }

  draw(context: Canvas2D): void {
    const { editor } = this;
    const points = this.set.filter((point) => point !== null);
    if (points.length && this.label) {
      const all = [...(this.base?.geom.points ?? []), ...points];
      const shape = { id: "", class: 0, z: 0, attrs: {}, kind: "points" as const, geom: { points: all } };
      const look = { color: this.aside.color, fill: 0.2, stroke: 1.75, skeleton: this.label.skeleton };
      drawShape(context, shape, editor.view, look);
    }
    const next = this.names()[this.set.length];
    if (!this.pointer || !next || !editor.pointer) return;
    const { x, y } = toScreen(editor.view, this.pointer);
    drawWords(context, x + 12, y - 8, next);
  }

  /** The points still to be set, in their order, of the shape that is being made or would be. */
  private names(): string[] {
    const label = this.label ?? this.chosen();
    const base = this.label ? this.base : this.selected();
    return namesLeft(label, base);
  }

  private chosen() {
    const id = this.selected()?.class ?? this.editor.activeClass;
    return this.editor.task!.classes.find((one) => one.id === id) ?? null;
  }

  /** The only selected shape, when it lacks some of its points: clicks complete it. */
  private selected(): PointsShape | null {
    const [only, ...more] = this.editor.selected;
    if (!only || more.length || only.kind !== "points") return null;
    return namesLeft(this.editor.labelClass(only.class), only).length ? only : null;
  }

  private begin(): boolean {
    const label = this.chosen();
    if (!label?.skeleton.points.length) {
      const name = label ? `The class ${label.name}` : "This class";
      this.editor.say(`${name} has no keypoints: choose another class, or ask the staff for them.`, "warning");
      return false;
    }
    this.base = this.selected();
    this.label = label;
    return true;
  }

  private changed(): void {
    if (!this.set.length && !this.undone.length) this.label = this.base = null;
    this.editor.onDraw();
    this.editor.onPanels();
  }
}

/** Which points of a class a shape, or no shape yet, lacks. */
function namesLeft(label: { skeleton: Skeleton } | null | undefined, base: PointsShape | null): string[] {
  const isSet = new Set(base?.geom.points.map(({ name }) => name));
  return label?.skeleton.points.filter((name) => !isSet.has(name)) ?? [];
}
