/** The small canvas on top: what is hovered, selected, dragged or being drawn. */

import type { Editor } from "../editor";
import { handlesInSight, sameVertex } from "../shapes/handles";
import { boxesMeet, boxOf } from "../shapes/geometry";
import { isMuch } from "../shapes/much";
import type { NamedPoint, Point, Shape } from "../shapes/types";
import { drawDot, drawWords } from "../tools/draft";
import { seenBox, toScreen } from "../view";
import { seenAs } from "../suggestions";
import { drawDifference, outline, SUGGESTED } from "./difference";
import { highlight, HIGHLIGHT } from "./highlight";
import { drawOthers } from "./others";
import type { BitmapLayer } from "./layer";
import type { ToShapeWorker } from "./messages";
import { drawCrosshair, drawGrid } from "./guides";
import type { Lift } from "./lifting";
import { drawName, drawShape, lookOf } from "./painter";
import { colorOf, nameOf } from "./style";

/** With more corners than that, outlines are thin while they are drawn here. */
const MOST_THICK = 4000;

export class Overlay {
  readonly canvas = document.createElement("canvas");
  private readonly context = this.canvas.getContext("2d")!;

  constructor(private readonly editor: Editor) {
    this.canvas.className = "overlay";
    this.canvas.setAttribute("aria-hidden", "true");
  }

  resize(width: number, height: number): void {
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
  }

  /** `pending` are committed shapes that no bitmap of the worker shows yet, which are in `layer`. */
  draw(pending: Iterable<Shape>, layer: BitmapLayer<ToShapeWorker>): void {
    const { context, editor } = this;
    const ratio = window.devicePixelRatio || 1;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, editor.stage.width, editor.stage.height);
    if (!editor.document) return;
    if (!editor.hidesShapes) layer.drawAround(context);
    const { grid, crosshair } = editor.guides;
    if (grid) drawGrid(context, editor.view, editor.stage, editor.document.data.image);
    if (!editor.hidesShapes && editor.past) {
      drawDifference(context, editor.past.difference, editor.view, editor.stage);
    } else if (!editor.hidesShapes) {
      this.drawSuggestions();
      this.drawMoving(pending);
    }
    if (!editor.hidesShapes) drawOthers(context, editor.others, editor.view, editor.stage);
    if (crosshair && editor.pointer) drawCrosshair(context, editor.stage, toScreen(editor.view, editor.pointer));
  }

  /** Dashed, so that nobody takes them for what is drawn. */
  private drawSuggestions(): void {
    const { context, editor } = this;
    const { current, waiting } = editor.suggestions;
    const seen = seenBox(editor.view, editor.stage);
    const isLeftToWorker = isMuch(waiting.map(seenAs));
    for (const one of waiting) {
      if (isLeftToWorker && one !== current) continue;
      const shape = seenAs(one);
      if (!boxesMeet(boxOf(shape), seen)) continue;
      if (one === current) highlight(context, shape, editor.view, 0.3);
      outline(context, shape, editor.view, colorOf(shape, editor.style), SUGGESTED, one === current ? "#ffffff" : undefined);
    }
  }

  /** What is more than is drawn within a frame is painted by the worker, a moment later. */
  private drawMoving(pending: Iterable<Shape>): void {
    const { context, editor } = this;
    const { moving, preview, style, view } = editor;
    const isOld = (id: string) => moving.has(id) || preview.has(id) || editor.marks!.hidden.has(id);
    const news = isMuch(pending) ? [] : [...pending].filter(({ id }) => !isOld(id));
    const drawn = [...news, ...moving.values(), ...preview.values()];
    // Until the worker has painted them: thick outlines of so many corners would take a tenth of a second.
    const isThin = isMuch(drawn, MOST_THICK);
    for (const shape of drawn) {
      const look = lookOf(shape, style, isThin);
      // The outline of what is selected lies on its own.
      const isCovered = editor.selection.has(shape.id) && look.stroke <= HIGHLIGHT;
      drawShape(context, shape, view, isCovered ? { ...look, stroke: 0 } : look);
    }
    for (const shape of drawn) {
      const name = nameOf(shape, style);
      if (name) drawName(context, shape, view, name);
    }
    const hovered = editor.hover ? editor.document!.store.shapes.get(editor.hover) : null;
    if (hovered && !editor.selection.has(hovered.id)) highlight(context, hovered, view, 0.1);
    // What has no room for its name tells it here.
    if (hovered && editor.pointer) this.drawAtPointer(nameOf(hovered, style));
    const { selected } = editor;
    if (!isMuch(selected)) for (const shape of selected) this.drawSelected(moving.get(shape.id) ?? preview.get(shape.id) ?? shape);
    if (editor.lift) this.drawBox(editor.lift);
    if (editor.refused) {
      const shape: Shape = { id: "", class: 0, z: 0, attrs: {}, kind: "polygon", geom: { rings: editor.refused.outline } };
      outline(context, shape, editor.view, editor.activeColor, SUGGESTED);
    }
    editor.changes.drawSketches(context);
    this.drawAside();
    editor.tool?.draw(context);
    if (editor.snaps && editor.snap) drawSnap(context, toScreen(editor.view, editor.snap), editor.snap.to);
  }

  private drawBox({ box, by }: Lift): void {
    const { context, editor } = this;
    const a = toScreen(editor.view, { x: box.x0 + by.x, y: box.y0 + by.y });
    const b = toScreen(editor.view, { x: box.x1 + by.x, y: box.y1 + by.y });
    context.lineWidth = 1;
    context.strokeStyle = "#9cc2ff";
    context.strokeRect(a.x, a.y, b.x - a.x, b.y - a.y);
  }

  private drawAtPointer(words: string): void {
    const { x, y } = toScreen(this.editor.view, this.editor.pointer!);
    drawWords(this.context, x + 14, y - 10, words);
  }

  /** What is half drawn with another tool than the one in hand. */
  private drawAside(): void {
    const { context, editor } = this;
    context.globalAlpha = 0.6;
    for (const tool of editor.tools.values()) if (tool !== editor.tool && tool.isBusy) tool.draw(context);
    context.globalAlpha = 1;
  }

  private drawSelected(shape: Shape): void {
    const { context, editor } = this;
    highlight(context, shape, editor.view, 0.06);
    if (editor.selection.size > 1) return;
    if (shape.kind === "points") nameKeypoints(context, shape.geom.points, editor);
    // Where another tool draws, they would look as if one could take hold of them.
    if (!editor.editable || editor.tool?.name !== "select") return;
    if (editor.marks!.locked.has(shape.id) || editor.preview.has(shape.id)) return;
    for (const handle of handlesInSight(shape, editor.view, editor.stage, editor.vertices)) {
      const { x, y } = toScreen(editor.view, handle);
      if (handle.stalk) {
        drawTurner(context, toScreen(editor.view, handle.stalk), { x, y });
        continue;
      }
      const { vertex } = handle;
      const isChosen = vertex && editor.vertices.some((one) => sameVertex(one, vertex));
      const side = isChosen ? 10 : 7;
      context.fillStyle = isChosen ? "#ffd54a" : "#ffffff";
      context.fillRect(x - side / 2, y - side / 2, side, side);
      context.lineWidth = 1;
      context.strokeStyle = "rgba(0, 0, 0, 0.8)";
      context.strokeRect(x - side / 2, y - side / 2, side, side);
    }
  }
}

/** A square on a corner, a ring on an edge: there the pointer was drawn to. */
function drawSnap(context: CanvasRenderingContext2D, { x, y }: Point, to: "corner" | "edge"): void {
  for (const [width, color] of [[4, "rgba(0, 0, 0, 0.7)"], [2, "#ffd54a"]] as const) {
    context.beginPath();
    if (to === "corner") context.rect(x - 6, y - 6, 12, 12);
    else context.arc(x, y, 6, 0, 2 * Math.PI);
    context.lineWidth = width;
    context.strokeStyle = color;
    context.stroke();
  }
}

/** A round handle on a stalk: one turns the shape by it. */
function drawTurner(context: CanvasRenderingContext2D, foot: Point, at: Point): void {
  context.beginPath();
  context.moveTo(foot.x, foot.y);
  context.lineTo(at.x, at.y);
  context.lineWidth = 1;
  context.strokeStyle = "rgba(255, 255, 255, 0.8)";
  context.stroke();
  drawDot(context, at.x, at.y, 5, "#ffffff");
}

function nameKeypoints(context: CanvasRenderingContext2D, points: NamedPoint[], editor: Editor): void {
  for (const point of points) {
    const { x, y } = toScreen(editor.view, point);
    if (point.name) drawWords(context, x + 9, y - 6, point.visible ? point.name : `${point.name} (occluded)`);
  }
}
