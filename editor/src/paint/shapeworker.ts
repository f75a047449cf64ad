/** Paints the resting shapes. Its canvases keep their content: a change repaints its box only. */

import { boxesMeet, boxOf, fromBackToFront } from "../shapes/geometry";
import type { Box, Shape } from "../shapes/types";
import { outline, SUGGESTED } from "./difference";
import { highlight } from "./highlight";
import type { Painted, PaintOrder, Style, ToShapeWorker, Which } from "./messages";
import type { Frame } from "./tiles";
import { drawShapes, isCrowded, reachOf } from "./painter";
import { colorOf, NO_STYLE } from "./style";

interface Sheet {
  canvas: OffscreenCanvas;
  /** What the canvas shows; null when nothing of it can be used again. */
  frame: Frame | null;
  /** What has to be painted again. */
  dirty: Box | null;
  /** Decided for a whole frame: the part that is painted again must look like the rest. */
  plain: boolean;
}

const shapes = new Map<string, Shape>();
let order: Shape[] | null = null;
let hidden: ReadonlySet<string> = new Set();
let selected: ReadonlySet<string> = new Set();
let parts: Shape[] = [];
let suggested: ReadonlyMap<string, Shape> = new Map();
let waiting: ReadonlySet<string> = new Set();
let style: Style = NO_STYLE;
const sheets: Record<Which, Sheet> = { main: newSheet(), overview: newSheet() };

function newSheet(): Sheet {
  return { canvas: new OffscreenCanvas(1, 1), frame: null, dirty: null, plain: false };
}

function touch(shape: Shape | undefined): void {
  if (!shape) return;
  const box = boxOf(shape);
  for (const sheet of Object.values(sheets)) sheet.dirty = joined(sheet.dirty, box);
}

const joined = (a: Box | null, b: Box): Box =>
  a
    ? {
        x0: Math.min(a.x0, b.x0),
        y0: Math.min(a.y0, b.y0),
        x1: Math.max(a.x1, b.x1),
        y1: Math.max(a.y1, b.y1),
      }
    : b;

function change(set: Shape[], remove: string[]): void {
  for (const id of remove) {
    touch(shapes.get(id));
    shapes.delete(id);
  }
  for (const shape of set) {
    touch(shapes.get(shape.id));
    touch(shape);
    shapes.set(shape.id, shape);
  }
  order = null;
}

/** Others than before: what looks otherwise now has to be painted again. */
function renewed(before: ReadonlySet<string>, ids: string[], all: ReadonlyMap<string, Shape> = shapes): ReadonlySet<string> {
  const next = new Set(ids);
  for (const id of new Set([...before, ...next])) {
    if (before.has(id) !== next.has(id)) touch(all.get(id));
  }
  return next;
}

const sameFrame = (a: Frame, b: Frame): boolean =>
  a.s === b.s && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

/** The pixels to paint: all of a new frame, of a known one those around what changed. */
function pixelsToPaint(sheet: Sheet, frame: Frame, ratio: number): Box | null {
  if (!sheet.frame || !sameFrame(sheet.frame, frame)) {
    return { x0: 0, y0: 0, x1: frame.width, y1: frame.height };
  }
  const { dirty } = sheet;
  if (!dirty) return null;
  const reach = reachOf(style) * ratio;
  const box = {
    x0: Math.max(0, Math.floor(dirty.x0 * frame.s + frame.x - reach)),
    y0: Math.max(0, Math.floor(dirty.y0 * frame.s + frame.y - reach)),
    x1: Math.min(frame.width, Math.ceil(dirty.x1 * frame.s + frame.x + reach)),
    y1: Math.min(frame.height, Math.ceil(dirty.y1 * frame.s + frame.y + reach)),
  };
  return box.x0 < box.x1 && box.y0 < box.y1 ? box : null;
}

async function paint({ which, frame, ratio, rev }: PaintOrder): Promise<void> {
  const sheet = sheets[which];
  const pixels = pixelsToPaint(sheet, frame, ratio);
  if (sheet.canvas.width !== frame.width) sheet.canvas.width = frame.width;
  if (sheet.canvas.height !== frame.height) sheet.canvas.height = frame.height;
  const context = sheet.canvas.getContext("2d", { willReadFrequently: true })!;
  order ??= [...shapes.values()].sort(fromBackToFront);
  if (!sheet.frame || !sameFrame(sheet.frame, frame)) {
    const all = { x0: 0, y0: 0, x1: frame.width, y1: frame.height };
    sheet.plain = isCrowded(order, boxOfPixels(frame, all, 0));
  }
  sheet.frame = frame;
  sheet.dirty = null;
  if (pixels) paintPixels(context, sheet, ratio, pixels);
  const bitmap = await createImageBitmap(sheet.canvas);
  postMessage({ which, frame, bitmap, rev } satisfies Painted, { transfer: [bitmap] });
}

/** The part of the image that lies on some pixels, and what reaches into them from around. */
const boxOfPixels = (frame: Frame, { x0, y0, x1, y1 }: Box, reach: number): Box => ({
  x0: (x0 - reach - frame.x) / frame.s,
  y0: (y0 - reach - frame.y) / frame.s,
  x1: (x1 + reach - frame.x) / frame.s,
  y1: (y1 + reach - frame.y) / frame.s,
});

function paintPixels(
  context: OffscreenCanvasRenderingContext2D,
  sheet: Sheet,
  ratio: number,
  pixels: Box,
): void {
  const frame = sheet.frame!;
  const { x0, y0, x1, y1 } = pixels;
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.rect(x0, y0, x1 - x0, y1 - y0);
  context.clip();
  context.clearRect(x0, y0, x1 - x0, y1 - y0);
  context.scale(ratio, ratio);
  const view = { s: frame.s / ratio, x: frame.x / ratio, y: frame.y / ratio };
  const area = boxOfPixels(frame, pixels, reachOf(style) * ratio);
  drawShapes(context, order!, view, style, area, hidden, sheet.plain);
  const seen = (all: ReadonlyMap<string, Shape>, ids: ReadonlySet<string>) =>
    [...ids].flatMap((id) => all.get(id) ?? []).filter((shape) => !hidden.has(shape.id) && boxesMeet(boxOf(shape), area));
  for (const shape of seen(suggested, waiting)) outline(context, shape, view, colorOf(shape, style), SUGGESTED, null);
  for (const shape of seen(shapes, selected)) highlight(context, shape, view, 0.06, true);
  context.restore();
}

onmessage = ({ data }: MessageEvent<ToShapeWorker>) => {
  switch (data.type) {
    case "shapes":
      shapes.clear();
      hidden = selected = waiting = new Set();
      suggested = new Map();
      parts = [];
      style = data.style;
      for (const sheet of Object.values(sheets)) sheet.frame = null;
      return change(data.shapes, []);
    case "style":
      style = data.style;
      for (const sheet of Object.values(sheets)) sheet.frame = null;
      return;
    case "part":
      parts.push(...data.set);
      return;
    case "change":
      change([...parts, ...data.set], data.remove);
      parts = [];
      return;
    case "hide":
      hidden = renewed(hidden, data.ids);
      return;
    case "select":
      selected = renewed(selected, data.ids);
      return;
    case "suggestions":
      suggested = new Map(data.shapes.map((shape) => [shape.id, shape]));
      return;
    case "waiting":
      waiting = renewed(waiting, data.ids, suggested);
      return;
    case "paint":
      void paint(data);
  }
};
