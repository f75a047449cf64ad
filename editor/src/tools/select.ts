/** Selects, moves and reshapes what is drawn; on empty ground it moves the image. */

import type { Editor } from "../editor";
import type { Canvas2D } from "../paint/painter";
import { boxAround, boxesMeet, boxOf, boxOfRings, keptInside, moved, nearestEdge, outlinesOf } from "../shapes/geometry";
import {
  handleOf,
  handlesInSight,
  sameVertex,
  verticesIn,
  withMovedVertices,
  withNewVertex,
  withoutVertices,
  type ChosenVertex,
  type Handle,
} from "../shapes/handles";
import { isMuch } from "../shapes/much";
import type { Box, Point, Shape } from "../shapes/types";
import { panned, toScreen } from "../view";
import { drawDot } from "./draft";
import type { Pointer, Tool } from "./tool";

const HANDLE_REACH = 8;
const EDGE_REACH = 6;
/** Screen pixels before a press becomes a drag. */
const SLACK = 3;

type Act =
  | { kind: "press"; toggle: boolean; shape: Shape }
  | { kind: "move"; shapes: Shape[]; box: Box; by: Point }
  | { kind: "pull"; handle: Handle; shape: Shape }
  | { kind: "pan"; last: Point; panned: boolean; over: Shape | null }
  | { kind: "corners"; shape: Shape; box: Box }
  /** Chooses shapes, or the corners of the one that is selected. */
  | { kind: "band"; to: Point; corners: Shape | null };

export class SelectTool implements Tool {
  readonly name = "select";
  readonly isHarmless = true;
  private act: Act | null = null;
  private from: Pointer | null = null;
  /** The selected shapes when the pointer went down: what it drags was made of these. */
  private before: readonly Shape[] = [];
  private ghost: Point | null = null;
  private over: Handle | null = null;

  constructor(private readonly editor: Editor) {}

  get isBusy(): boolean {
    return this.act !== null;
  }

  /** Only what is pulled by its corner; what is taken hold of is where the pointer is. */
  get canSnap(): boolean {
    return this.act?.kind === "pull" && !this.act.handle.stalk;
  }

  get cursor(): string {
    if (this.act?.kind === "pan") return "grabbing";
    if (this.over) return this.over.cursor;
    if (this.ghost) return "copy";
    return this.editor.hover ? "pointer" : "grab";
  }

  get hint(): string {
    const [only, ...more] = this.editor.selected;
    const draws = this.editor.task?.tools.length || this.editor.document?.store.shapes.size;
    if (!draws) return "Answer beside the image; 1–9 set the first tags. Drag moves the image.";
    if (!only) return "Click a shape; drag empty ground to move the image, with Shift to select.";
    if (more.length) return "Drag to move, Del to delete, 1–9 to change the class.";
    if (only.kind === "polygon" || only.kind === "line") {
      const { length } = this.editor.vertices;
      if (length > 1) return `${length} corners: drag one to move them, Del deletes them.`;
      return "Drag a corner, or an edge to add one. Alt: click removes one, drag chooses several.";
    }
    if (only.kind === "points") return "Drag a point, or a line between points to move all. U: occluded or visible.";
    return "Drag to move, by a corner to resize, by the round handle to turn.";
  }

  down(pointer: Pointer): void {
    this.from = pointer;
    // A finger comes down without having hovered.
    if (pointer.isTouch) this.look(pointer);
    const only = this.only();
    const handle = only && this.handleAt(only, pointer.screen);
    if (only && handle) {
      if (pointer.alt && handle.vertex) {
        this.editor.vertices = [handle.vertex];
        return this.editor.changes.inTurn(() => this.deleteVertex());
      }
      this.takeHold(only, handle, pointer);
    } else if (only && pointer.alt) {
      this.act = { kind: "band", to: pointer.at, corners: only };
    } else if (only && this.ghost && !pointer.shift) {
      this.insertVertex(only, this.ghost);
    } else {
      const hit = this.editor.shapeAt(pointer.at);
      // With Space held one moves the image, however full it is; only what is selected moves.
      const isMoving = this.editor.toolBefore !== null && !(hit && this.editor.selection.has(hit.id));
      if (hit && !isMoving) {
        this.act = { kind: "press", toggle: pointer.shift, shape: hit };
        if (!pointer.shift && !this.editor.selection.has(hit.id)) this.editor.select([hit.id]);
      } else if (pointer.shift) {
        this.act = { kind: "band", to: pointer.at, corners: null };
      } else {
        this.act = { kind: "pan", last: pointer.screen, panned: false, over: hit };
      }
    }
    this.before = this.editor.selected;
    this.editor.onDraw();
  }

  move(pointer: Pointer): void {
    const { act, editor } = this;
    if (!act) return this.look(pointer);
    const far = Math.hypot(pointer.screen.x - this.from!.screen.x, pointer.screen.y - this.from!.screen.y);
    if (act.kind === "pan") {
      if (far < SLACK && !act.panned) return;
      act.panned = true;
      const { x, y } = act.last;
      act.last = pointer.screen;
      return editor.setView(panned(editor.view, pointer.screen.x - x, pointer.screen.y - y));
    }
    if (act.kind === "band") act.to = pointer.at;
    else if (far >= SLACK || editor.dragged.size || editor.lifted) this.drag(pointer);
    editor.onDraw();
  }

  up(pointer: Pointer): void {
    const { act, editor } = this;
    if (!act) return;
    if (act.kind === "band") this.selectBand(this.from!.at, act.to, act.corners);
    if (act.kind === "pan" && !act.panned) editor.select(act.over ? [act.over.id] : []);
    if (act.kind === "press" && act.toggle) this.toggle(act.shape);
    const { vertices, dragged, lifted } = editor;
    this.cancel();
    if (act.kind === "move") editor.changes.move(act.shapes, act.by, lifted, this.keeping(vertices, [...dragged.values()]));
    else if (dragged.size) this.put(act, [...dragged.values()], vertices);
    else editor.vertices = vertices;
    this.look(pointer);
    editor.onPanels();
  }

  private put(act: Act, shapes: Shape[], vertices: ChosenVertex[]): void {
    const before = this.before.filter(({ id }) => shapes.some((shape) => shape.id === id));
    this.editor.changes.put(nameOf(act), before, shapes, this.keeping(vertices, shapes));
  }

  /** The chosen corners stay chosen where they come to lie: what was asked for before is about where they were. */
  private keeping(vertices: ChosenVertex[], [shape]: Shape[]): () => void {
    const { editor } = this;
    const { selection } = editor;
    const corners = vertices.flatMap((vertex) => handleOf(shape, vertex)?.vertex ?? []);
    return () => {
      if (editor.selection === selection) editor.vertices = corners;
    };
  }

  cancel(): void {
    this.act = null;
    this.ghost = null;
    this.editor.vertices = [];
    this.editor.dragged = new Map();
    this.editor.lifted = null;
    this.editor.onDraw();
  }

  draw(context: Canvas2D): void {
    const { view } = this.editor;
    if (this.act?.kind === "band") {
      const a = toScreen(view, this.from!.at);
      const b = toScreen(view, this.act.to);
      context.fillStyle = "rgba(120, 170, 255, 0.18)";
      context.fillRect(a.x, a.y, b.x - a.x, b.y - a.y);
      context.lineWidth = 1;
      context.strokeStyle = "#9cc2ff";
      context.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
    }
    if (this.ghost && !this.act) {
      const { x, y } = toScreen(view, this.ghost);
      drawDot(context, x, y, 4, "#9cc2ff");
    }
  }

  /** Delete the chosen corners, unless it is too late for that; false when none is chosen. */
  deleteVertex(): boolean {
    const { changes, selected: [shape], vertices } = this.editor;
    if (!vertices.length) return false;
    if (!changes.findCorners()) return true;
    const after = withoutVertices(shape, vertices);
    const name = vertices.length === 1 ? "delete corner" : "delete corners";
    if (changes.commit(name, [{ id: shape.id, after }])) this.editor.select(after ? [shape.id] : []);
    return true;
  }

  private only(): Shape | null {
    const { selected, editable, marks, changes } = this.editor;
    const [shape, ...more] = selected;
    if (!editable || !shape || more.length) return null;
    // What is not done yet has other corners than one sees.
    return marks!.locked.has(shape.id) || changes.sketched.has(shape.id) ? null : shape;
  }

  private handleAt(shape: Shape, screen: Point): Handle | null {
    let best: Handle | null = null;
    let nearest = HANDLE_REACH;
    const { view, stage } = this.editor;
    for (const handle of handlesInSight(shape, view, stage, this.editor.vertices)) {
      const { x, y } = toScreen(view, handle);
      const distance = Math.hypot(x - screen.x, y - screen.y);
      if (distance < nearest) [best, nearest] = [handle, distance];
    }
    return best;
  }

  /** What the pointer would take hold of. */
  private look(pointer: Pointer): void {
    const only = this.only();
    this.over = only && this.handleAt(only, pointer.screen);
    this.ghost = null;
    if (only && !this.over && (only.kind === "polygon" || only.kind === "line")) {
      const edge = nearestEdge(outlinesOf(only), only.kind === "polygon", pointer.at.x, pointer.at.y);
      if (edge.distance * this.editor.view.s <= EDGE_REACH) this.ghost = { x: edge.x, y: edge.y };
    }
    this.editor.hover = this.over || this.ghost ? null : (this.editor.shapeAt(pointer.at)?.id ?? null);
    this.editor.onDraw();
  }

  private drag(pointer: Pointer): void {
    const { editor } = this;
    if (!editor.editable) return;
    if (this.act?.kind === "press") {
      if (this.act.toggle) {
        // Shift: where the ground is full of shapes, a band has to begin on one of them.
        this.act = { kind: "band", to: pointer.at, corners: null };
        return;
      }
      const { moving } = editor;
      const free = editor.selected.filter(({ id }) => !editor.marks!.locked.has(id));
      const shapes = free.map((shape) => moving.get(shape.id) ?? shape);
      this.act = { kind: "move", shapes, box: boxAround(shapes), by: { x: 0, y: 0 } };
    }
    const { width, height } = editor.image;
    if (this.act?.kind === "pull") {
      const to = {
        x: Math.min(width, Math.max(0, pointer.at.x)),
        y: Math.min(height, Math.max(0, pointer.at.y)),
      };
      const { handle, shape } = this.act;
      editor.dragged = new Map([[shape.id, handle.pull(handle.stalk ? pointer.at : to, pointer.shift)]]);
    } else if (this.act?.kind === "corners") {
      const { shape, box } = this.act;
      const by = keptInside(box, pointer.at.x - this.from!.at.x, pointer.at.y - this.from!.at.y, width, height);
      editor.dragged = new Map([[shape.id, withMovedVertices(shape, editor.vertices, by.x, by.y)]]);
    } else if (this.act?.kind === "move") {
      const dx = pointer.at.x - this.from!.at.x;
      const dy = pointer.at.y - this.from!.at.y;
      const by = (this.act.by = keptInside(this.act.box, dx, dy, width, height));
      const { shapes, box } = this.act;
      if (isMuch(shapes)) editor.lifted = { shapes, box, by };
      else editor.dragged = new Map(shapes.map((shape) => [shape.id, moved(shape, by.x, by.y)]));
    }
  }

  private toggle(shape: Shape): void {
    const ids = new Set(this.editor.selection);
    if (!ids.delete(shape.id)) ids.add(shape.id);
    this.editor.select(ids);
  }

  /** A chosen corner drags all that are chosen with it; with Shift it is chosen too, or no longer. */
  private takeHold(shape: Shape, handle: Handle, { shift }: Pointer): void {
    const { editor } = this;
    const { vertex } = handle;
    const isChosen = !!vertex && editor.vertices.some((one) => sameVertex(one, vertex));
    if (vertex && shift) {
      editor.vertices = isChosen
        ? editor.vertices.filter((one) => !sameVertex(one, vertex))
        : [...editor.vertices, vertex];
    } else if (!isChosen) {
      editor.vertices = vertex ? [vertex] : [];
    }
    if (editor.vertices.length < 2 || !vertex) this.act = { kind: "pull", handle, shape };
    else this.act = { kind: "corners", shape, box: boxOfVertices(editor.vertices) };
  }

  private selectBand(a: Point, b: Point, corners: Shape | null): void {
    const band = {
      x0: Math.min(a.x, b.x),
      y0: Math.min(a.y, b.y),
      x1: Math.max(a.x, b.x),
      y1: Math.max(a.y, b.y),
    };
    if (corners) {
      this.editor.vertices = verticesIn(corners, band);
      if (!this.editor.vertices.length) this.editor.say("No corner of the selected shape lies there.");
      return;
    }
    const inside = [...this.editor.free(band)].filter((shape) => boxesMeet(boxOf(shape), band));
    this.editor.select([...this.editor.selection, ...inside.map(({ id }) => id)]);
  }

  private insertVertex(shape: Shape, at: Point): void {
    const edge = nearestEdge(outlinesOf(shape), shape.kind === "polygon", at.x, at.y);
    const grown = withNewVertex(shape, edge.ring, edge.index, at);
    const handle = handleOf(grown, { ring: edge.ring, index: edge.index + 2 })!;
    this.editor.vertices = [handle.vertex!];
    // One gesture: the new corner and where it is dragged are one entry of the history.
    this.editor.dragged = new Map([[shape.id, grown]]);
    this.act = { kind: "pull", handle, shape: grown };
    this.ghost = null;
  }
}

function nameOf(act: Act): string {
  if (act.kind === "corners") return "move corners";
  if (act.kind !== "pull") return "move";
  return act.handle.stalk ? "turn" : "reshape";
}

const boxOfVertices = (vertices: ChosenVertex[]): Box => boxOfRings(vertices.map(({ x, y }) => [x, y]));
