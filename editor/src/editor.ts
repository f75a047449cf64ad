/** The state of the editor, and the few ways to change it. */

import type { Board } from "./board";
import { Changes } from "./changes";
import type { Ground } from "./edits";
import type { LabelDocument } from "./document";
import type { Attempt } from "./gesture";
import { Marks } from "./marks";
import type { Lift } from "./paint/lifting";
import type { Style } from "./paint/messages";
import { NO_STYLE } from "./paint/style";
import { startingWith } from "./attributes";
import type { LabelClass, TaskData } from "./save/api";
import type { Past } from "./past";
import { recall, remember } from "./remembering";
import { boxOf, fromBackToFront, MOST_REACH, squareAround } from "./shapes/geometry";
import { shapeUnder } from "./shapes/picking";
import type { ChosenVertex } from "./shapes/handles";
import type { Store } from "./shapes/store";
import type { Box, Kind, Point, Shape } from "./shapes/types";
import { resized } from "./tools/brushsize";
import type { Other } from "./paint/others";
import { isForAreas, kindsOf } from "./tools/kinds";
import { snapped, type Snap } from "./snapping";
import { Suggestions } from "./suggestions";
import type { Held, Tool } from "./tools/tool";
import { fitted, kept, type View } from "./view";

/** In screen pixels. */
const SNAP_REACH = 12;

/** The selected shapes, as long as the selection and the shapes are these. */
interface Selected {
  selection: ReadonlySet<string>;
  store?: Store;
  revision?: number;
  shapes: readonly Shape[];
}

export class Editor implements Board {
  /** The label that is open, or null while one is loading. */
  document: LabelDocument | null = null;
  /** The task outlives its documents: class and tool stay chosen from image to image. */
  task: TaskData | null = null;
  view: View = { s: 1, x: 0, y: 0 };
  /** The whole image is shown, and stays so when the stage changes its size. */
  isFitted = true;
  stage = { width: 1, height: 1 };
  selection = new Set<string>();
  /** One went on to draw since: what is selected is what Shift and Alt work on, and keeps its class. */
  drawsOn = false;
  /** Vertices of the only selected shape, to be moved or deleted without the rest. */
  vertices: ChosenVertex[] = [];
  hover: string | null = null;
  activeClass: number | null = null;
  tools = new Map<string, Tool>();
  tool: Tool | null = null;
  /** The tool to come back to when Space is let go. */
  toolBefore: Tool | null = null;
  /** The tool to go on with when a place was marked. */
  toolAfterMark = "select";
  /** Shapes are hidden while a key is held. */
  hidesShapes = false;
  /** Of the shapes, as it was chosen. */
  style: Style = NO_STYLE;
  /** Lines that lie on the image. */
  guides = { grid: false, crosshair: false };
  /** Shapes that a tool is dragging and draws itself. */
  dragged = new Map<string, Shape>();
  /** More shapes than can be drawn at each frame, seen elsewhere or otherwise than they are. */
  lifted: Lift | null = null;
  /** The keys that are held now. */
  held: Held = { shift: false, alt: false };
  private readonly marksOf = new Map<number, Marks>();
  /** Of brush and eraser, in image pixels. */
  brushRadius = Number(recall("brush")) || 10;
  /** A key is held with which the pointer is drawn to corners and edges. */
  snaps = false;
  /** Where it was drawn to, to be shown. */
  snap: Snap | null = null;
  /** What shapes would become, while one still chooses. */
  preview = new Map<string, Shape>();
  /** What was drawn in one stroke, and cannot be. */
  refused: Attempt | null = null;
  /** Where the pointer is, in image pixels; null when it is not on the stage. */
  pointer: Point | null = null;

  /** Attributes that were found missing when the image was to be submitted. */
  missing: ReadonlySet<number> = new Set();

  /** A drawing of before, which is looked at instead of the one of now. */
  past: Past | null = null;

  private knownSelected: Selected = { selection: this.selection, shapes: [] };
  readonly changes: Changes = new Changes(this);
  readonly suggestions = new Suggestions(this);
  /** What others drew on this image, while a reviewer looks at it. */
  others: readonly Other[] = [];

  /** Something that only the canvas shows has changed. */
  onDraw: () => void = () => {};
  /** Something that the panels show has changed. */
  onPanels: () => void = () => {};
  /** Another drawing than before is looked at: one of the past, or that of now. */
  onPast: () => void = () => {};
  /** A place was marked, to say something about it. */
  onMark: (place: Point, shape: Shape | null) => void = () => {};
  onToast: (words: string, tone: "info" | "warning") => void = () => {};

  get editable(): boolean {
    return (this.document?.editable ?? false) && !this.past;
  }

  /** Look at a drawing of before, or (null) at that of now. */
  showPast(past: Past | null): void {
    this.changes.inTurn(() => {
      if (past === this.past) return;
      this.tool?.cancel();
      this.past = past;
      this.select([]);
      this.onPast();
    });
  }

  /** The kinds of shapes that the task's tools make. */
  get kinds(): Set<Kind> {
    return kindsOf([...this.tools.keys()]);
  }

  /** The kinds that shapes of a class may be of. */
  kindsOf(label: number): Set<Kind> {
    const tools = this.labelClass(label)?.tools;
    return tools ? kindsOf(tools) : this.kinds;
  }

  labelClass(id: number | null): LabelClass | undefined {
    return this.task?.classes.find((one) => one.id === id);
  }

  /** Does the tool draw the class? Some are for every class, or for all that is an area. */
  fits(tool: string, label = this.activeClass): boolean {
    const tools = this.labelClass(label)?.tools;
    if (!tools || this.tools.get(tool)?.isHarmless || tools.includes(tool)) return true;
    return isForAreas(tool) && kindsOf(tools).has("polygon");
  }

  get ground(): Ground {
    const { width, height } = this.image;
    const { permit_overlap: permitOverlap, new_cuts_others: newCuts } = this.task!;
    const classes = new Map(this.task!.classes.map(({ id, name }) => [id, { name, kinds: this.kindsOf(id) }]));
    return { width, height, permitOverlap, newCuts, kinds: this.kinds, classes };
  }

  /** The size of the open image. */
  get image(): { width: number; height: number } {
    return this.document!.data.image;
  }

  get selected(): readonly Shape[] {
    const { selection } = this;
    const { store } = this.document ?? {};
    const known = this.knownSelected;
    // Asked for many times a frame, and there may be thousands.
    if (known.selection === selection && known.store === store && known.revision === store?.revision) return known.shapes;
    const shapes: Shape[] = [];
    for (const id of selection) {
      const shape = store?.shapes.get(id);
      if (shape) shapes.push(shape);
    }
    this.knownSelected = { selection, store, revision: store?.revision, shapes };
    return shapes;
  }

  /** The colour of what is drawn next. */
  get activeColor(): string {
    return this.labelClass(this.activeClass)?.color ?? "#ffffff";
  }

  say(words: string, tone: "info" | "warning" = "info"): void {
    this.onToast(words, tone);
  }

  /** Say why something cannot be. */
  refuse(words: string): false {
    this.say(words, "warning");
    return false;
  }

  /** Throw away what is unfinished. */
  dropDrafts(): void {
    for (const tool of this.tools.values()) tool.cancel();
    this.refused = null;
  }

  setView(view: View): void {
    const image = this.document?.data.image;
    this.view = image ? kept(view, image, this.stage.width, this.stage.height) : view;
    this.isFitted = false;
    this.onDraw();
  }

  fit(): void {
    const image = this.document?.data.image;
    if (!image) return;
    const box = { x0: 0, y0: 0, x1: image.width, y1: image.height };
    this.setView(fitted(box, this.stage.width, this.stage.height));
    this.isFitted = true;
  }

  /** Bring a shape into the middle of the stage. */
  goTo(shape: Shape | undefined): void {
    if (!shape) return;
    const { x0, y0, x1, y1 } = boxOf(shape);
    const room = Math.max(x1 - x0, y1 - y0, 20) * 0.75;
    const box = { x0: x0 - room, y0: y0 - room, x1: x1 + room, y1: y1 + room };
    this.setView(fitted(box, this.stage.width, this.stage.height));
  }

  select(ids: Iterable<string>): void {
    this.selection = new Set(ids);
    this.drawsOn = false;
    this.vertices = [];
    this.onPanels();
    this.onDraw();
  }

  setTool(name: string): void {
    const tool = this.tools.get(name);
    if (!tool || tool === this.tool) return;
    if (!this.fits(name)) {
      const { name: label } = this.labelClass(this.activeClass)!;
      return this.say(`${label} is not drawn with this tool: choose another class first.`, "warning");
    }
    const { tool: before } = this;
    // A slip of the other hand is no reason to drop what the pointer is drawing.
    if (before?.isBusy && !before.putAside && !before.isHarmless) {
      return this.say("Let go first, or drop what you draw (Esc).", "warning");
    }
    if (before?.putAside) before.putAside();
    else before?.cancel();
    if (name === "comment") this.toolAfterMark = this.tool?.name ?? "select";
    this.tool = tool;
    this.toolBefore = null;
    this.hover = null;
    tool.takeUp?.();
    if (!tool.isHarmless && !tool.needsShapes) remember("tool", name);
    this.drawsOn = !tool.isHarmless;
    this.onPanels();
    this.onDraw();
  }

  /** Make the brush so many steps larger, or smaller. */
  resizeBrush(steps: number): void {
    this.brushRadius = resized(this.brushRadius, steps);
    remember("brush", this.brushRadius);
    this.onDraw();
  }

  /** Choose the class to draw with; shapes that are selected to be changed take it too. */
  setClass(id: number): void {
    if (this.drawsOn) this.select([]);
    this.activeClass = id;
    remember("class", id);
    const [first] = this.labelClass(id)?.tools ?? [];
    if (this.tool && first && !this.fits(this.tool.name)) this.setTool(first);
    this.changes.inTurn(() => this.classify(id));
    this.onPanels();
    this.onDraw();
  }

  private classify(id: number): void {
    const others = this.selected.filter((shape) => shape.class !== id);
    const fitting = others.filter(({ kind }) => this.kindsOf(id).has(kind));
    const all = this.task?.attributes ?? [];
    const states = fitting.map((shape) => {
      return { id: shape.id, after: { ...shape, class: id, attrs: startingWith(all, id, shape.attrs) } as Shape };
    });
    if (states.length) this.changes.commit("change class", states);
    if (fitting.length < others.length) {
      const left = `${others.length - fitting.length} of the selected shapes`;
      this.say(`${left} cannot be ${this.labelClass(id)?.name}: it is drawn with other tools.`, "warning");
    }
  }

  /** The shape under a point that can be taken hold of. */
  shapeAt(at: Point): Shape | null {
    if (!this.document || this.hidesShapes) return null;
    const tolerance = 3 / this.view.s;
    const near = this.free(squareAround(at, MOST_REACH * tolerance));
    return shapeUnder(at, near, tolerance, (shape) => this.skeletonOf(shape));
  }

  /** What is locked and hidden in the open label. */
  get marks(): Marks | null {
    if (!this.document) return null;
    const { id } = this.document.data;
    let marks = this.marksOf.get(id);
    if (!marks) this.marksOf.set(id, (marks = new Marks(id)));
    return marks;
  }

  /**
   * The shapes that can be taken hold of, from back to front: not locked, and to be seen.
   * All, or what may be near a box.
   */
  *free(near?: Box): Generator<Shape> {
    const { locked, hidden } = this.marks!;
    const { sketched } = this.changes;
    for (const shape of near ? this.near(near) : this.document!.store.inOrder()) {
      if (!locked.has(shape.id) && !hidden.has(shape.id)) yield sketched.get(shape.id) ?? shape;
    }
  }

  private near(box: Box): Shape[] {
    const { store } = this.document!;
    const found = store.meeting(box);
    // They are seen elsewhere than where the store has them.
    for (const id of this.changes.sketched.keys()) if (store.shapes.has(id)) found.add(store.shapes.get(id)!);
    return [...found].sort(fromBackToFront);
  }

  /** Shapes that are seen elsewhere than where they are: dragged, or not done yet. */
  get moving(): Map<string, Shape> {
    const { sketched } = this.changes;
    return sketched.size ? new Map([...sketched, ...this.dragged]) : this.dragged;
  }

  get lift(): Lift | null {
    return this.lifted ?? this.changes.lift;
  }

  private skeletonOf(shape: Shape) {
    if (shape.kind !== "points") return undefined;
    return this.labelClass(shape.class)?.skeleton;
  }

  /** The place that a tool is given for a place of the pointer. */
  placed(at: Point): Point {
    this.snap = null;
    if (!this.snaps || !this.document || !this.tool?.canSnap) return at;
    const { hidden } = this.marks!;
    const { moving } = this;
    const reach = SNAP_REACH / this.view.s;
    const isOther = ({ id }: Shape) => !hidden.has(id) && !moving.has(id) && !this.isPulled(id);
    const others = [...this.document.store.meeting(squareAround(at, reach))].filter(isOther);
    this.snap = snapped(at, others, this.document.data.image, reach);
    return this.snap ? { x: this.snap.x, y: this.snap.y } : at;
  }

  private isPulled(id: string): boolean {
    return this.tool?.name === "select" && this.selection.has(id);
  }
}
