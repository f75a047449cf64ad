/** The state of the editor, and the few ways to change it. */

import { checkKind, Refused, type Ground } from "./edits";
import type { LabelDocument } from "./document";
import { Marks } from "./marks";
import type { Style } from "./paint/messages";
import { NO_STYLE } from "./paint/style";
import { admitted, startingWith } from "./attributes";
import type { LabelClass, TaskData } from "./save/api";
import { settle, type State } from "./overlap";
import { recall, remember } from "./remembering";
import { newId } from "./shapes/ids";
import { shapeUnder } from "./shapes/picking";
import type { Vertex } from "./shapes/handles";
import type { Point, Shape } from "./shapes/types";
import { dropRefused, type Attempt } from "./tools/attempt";
import { resized } from "./tools/brush";
import type { Other } from "./others";
import type { Past } from "./timeline";
import type { NewState } from "./shapes/store";
import { isForAreas, kindsOf } from "./tools/kinds";
import { snapped, type Snap } from "./snapping";
import { Suggestions } from "./suggestions";
import type { Held, Tool } from "./tools/tool";
import { fitted, kept, type View } from "./view";

type NewShape = Shape extends infer S ? (S extends Shape ? Pick<S, "kind" | "geom"> : never) : never;

/** In screen pixels. */
const SNAP_REACH = 12;

export class Editor {
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
  vertices: Vertex[] = [];
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
    if (past === this.past) return;
    this.tool?.cancel();
    this.past = past;
    this.select([]);
    this.onPast();
  }

  /** The kinds of shapes that the task's tools make. */
  get kinds(): Set<string> {
    return kindsOf([...this.tools.keys()]);
  }

  /** The kinds that shapes of a class may be of. */
  kindsOf(label: number): Set<string> {
    const tools = this.labelClass(label)?.tools;
    return tools ? kindsOf(tools) : this.kinds;
  }

  labelClass(id: number | null): LabelClass | undefined {
    return this.task?.classes.find((one) => one.id === id);
  }

  /** Throws Refused, in words, when the task or the class has no shapes of such a kind. */
  checkKind(shape: Shape): void {
    checkKind(shape, this.kinds);
    checkKind(shape, this.kindsOf(shape.class), `The class ${this.labelClass(shape.class)?.name}`);
  }

  /** Does the tool draw the class? Some are for every class, or for all that is an area. */
  fits(tool: string, label = this.activeClass): boolean {
    const tools = this.labelClass(label)?.tools;
    if (!tools || this.tools.get(tool)?.isHarmless || tools.includes(tool)) return true;
    return isForAreas(tool) && kindsOf(tools).has("polygon");
  }

  get ground(): Ground {
    const { width, height } = this.document!.data.image;
    const permitsPolygons = (label: number) => this.kindsOf(label).has("polygon");
    const { permit_overlap: permitOverlap, new_cuts_others: newCuts } = this.task!;
    return { width, height, permitOverlap, newCuts, permitsPolygons };
  }

  get selected(): Shape[] {
    const shapes = this.document?.store.shapes;
    return shapes ? [...this.selection].flatMap((id) => shapes.get(id) ?? []) : [];
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

  /** A tool has something unfinished, be it in hand or put aside. */
  get isDrawing(): boolean {
    return [...this.tools.values()].some(({ isBusy }) => isBusy);
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
    if (this.tool?.putAside) this.tool.putAside();
    else this.tool?.cancel();
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
    const others = this.selected.filter((shape) => shape.class !== id);
    const fitting = others.filter(({ kind }) => this.kindsOf(id).has(kind));
    const all = this.task?.attributes ?? [];
    const states = fitting.map((shape) => {
      return { id: shape.id, after: { ...shape, class: id, attrs: startingWith(all, id, shape.attrs) } as Shape };
    });
    if (states.length) this.commit("change class", states);
    if (fitting.length < others.length) {
      const left = `${others.length - fitting.length} of the selected shapes`;
      this.say(`${left} cannot be ${this.labelClass(id)?.name}: it is drawn with other tools.`, "warning");
    }
    this.onPanels();
    this.onDraw();
  }

  /** The one way in which tools and commands change shapes. */
  commit(name: string, states: NewState[]): boolean {
    if (!this.editable) return this.refuse("This label cannot be changed now.");
    const { store } = this.document!;
    if (states.some(({ id }) => this.marks!.locked.has(id) && store.shapes.has(id))) {
      return this.refuse("A locked shape cannot be changed: unlock it first.");
    }
    const all = this.task?.attributes ?? [];
    const isNew = ({ id, after }: NewState) => after && after.kind !== "value" && !store.shapes.has(id);
    store.edit(name, states.map((one) => (isNew(one) ? { ...one, after: admitted(all, one.after as Shape) } : one)));
    return true;
  }

  /**
   * Make shapes what they became by drawing, moving or reshaping; where the task forbids
   * overlap, they are cut by the others or cut them. False, with words, when that cannot be.
   */
  commitAreas(name: string, shapes: Shape[]): boolean {
    try {
      const there = new Map(this.document!.store.shapes);
      for (const { id } of shapes) there.delete(id);
      const states = shapes.flatMap((shape) => settle(shape, there, this.ground, this.marks!.locked));
      return this.commitStates(name, states);
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      return this.refuse(problem.message);
    }
  }

  /** Of several states of a shape the last counts; what vanished under others is told. */
  private commitStates(name: string, states: State[]): boolean {
    const last = new Map(states.map(({ id, after }) => [id, after]));
    if (!this.commit(name, [...last].map(([id, after]) => ({ id, after })))) return false;
    const gone = [...last.values()].filter((after) => !after).length;
    const what = gone === 1 ? "1 shape was" : `${gone} shapes were`;
    if (gone) this.say(`${what} covered altogether, and gone with it. Undo brings that back.`, "warning");
    return true;
  }

  /**
   * Add a shape that was drawn. It is not selected: the keys of the classes would change it
   * when the next one is to be of another class.
   */
  addShape(name: string, drawn: NewShape, label = this.activeClass): boolean {
    if (label === null) return this.refuse("Choose a class first.");
    const z = this.document!.store.nextZ;
    const attrs = startingWith(this.task?.attributes ?? [], label);
    const shape = { id: newId(), class: label, z, attrs, ...drawn } as Shape;
    if (!this.addShapes(name, [shape]).length) return false;
    this.select([]);
    return true;
  }

  /**
   * Add several new shapes as one step; those that cannot be are left out, in words. Returns the
   * ids of those that were added.
   */
  addShapes(name: string, shapes: readonly Shape[]): string[] {
    const there = new Map(this.document!.store.shapes);
    const states: State[] = [];
    const added: string[] = [];
    const reasons: string[] = [];
    for (const shape of shapes) {
      try {
        this.checkKind(shape);
        states.push(...settle(shape, there, this.ground, this.marks!.locked));
        added.push(shape.id);
      } catch (problem) {
        if (!(problem instanceof Refused)) throw problem;
        reasons.push(problem.message);
      }
    }
    if (reasons.length) {
      const number = shapes.length > 1 ? `${reasons.length} of ${shapes.length} shapes are left out. ` : "";
      this.say(number + [...new Set(reasons)].join(" "), "warning");
    }
    if (!added.length || !this.commitStates(name, states)) return [];
    return added.filter((id) => there.has(id));
  }

  /** The shape under a point that can be taken hold of. */
  shapeAt(at: Point): Shape | null {
    if (!this.document || this.hidesShapes) return null;
    return shapeUnder(at, this.free, 3 / this.view.s, (shape) => this.skeletonOf(shape));
  }

  /** What is locked and hidden in the open label. */
  get marks(): Marks | null {
    if (!this.document) return null;
    const { id } = this.document.data;
    let marks = this.marksOf.get(id);
    if (!marks) this.marksOf.set(id, (marks = new Marks(id)));
    return marks;
  }

  /** The shapes that can be taken hold of, from back to front: not locked, and to be seen. */
  get free(): Shape[] {
    const { locked, hidden } = this.marks!;
    return this.document!.store.inOrder().filter(({ id }) => !locked.has(id) && !hidden.has(id));
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
    const isOther = ({ id }: Shape) => !hidden.has(id) && !this.dragged.has(id) && !this.isPulled(id);
    const others = [...this.document.store.shapes.values()].filter(isOther);
    this.snap = snapped(at, others, this.document.data.image, SNAP_REACH / this.view.s);
    return this.snap ? { x: this.snap.x, y: this.snap.y } : at;
  }

  private isPulled(id: string): boolean {
    return this.tool?.name === "select" && this.selection.has(id);
  }

  deleteSelected(): void {
    const states = this.selected.map(({ id }) => ({ id, after: null }));
    if (states.length && this.commit("delete", states)) this.select([]);
  }

  undo(): void {
    if (dropRefused(this)) return;
    if (this.tool?.undoStep?.()) return this.onDraw();
    if (!this.editable) return;
    const edit = this.document!.store.undo();
    if (edit) this.afterHistory(`Undone: ${edit.name}`, edit.changes.map(({ id }) => id));
  }

  redo(): void {
    if (this.tool?.redoStep?.()) return this.onDraw();
    if (!this.editable) return;
    const edit = this.document!.store.redo();
    if (edit) this.afterHistory(`Redone: ${edit.name}`, edit.changes.map(({ id }) => id));
  }

  private afterHistory(words: string, ids: string[]): void {
    const { shapes } = this.document!.store;
    this.say(words);
    // While one draws, nothing is selected, so that the keys of the classes choose for the next.
    this.select(this.tool?.name === "select" ? ids.filter((id) => shapes.has(id)) : []);
  }
}
