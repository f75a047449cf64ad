/** Paints one layer, the picture or the shapes, into bitmaps that the page only moves. */

import type { Shape } from "../shapes/types";
import type { FromWorker, PaintOrder, Style, ToWorker } from "./messages";
import { drawPicture, drawShape, isOnCanvas } from "./painter";

type Mip = { source: CanvasImageSource; scale: number };

const shapes = new Map<string, Shape>();
let order: Shape[] | null = null;
let hidden = new Set<string>();
let style: Style = { colors: {}, fill: 0.25, stroke: 1.5, visible: true };
let rev = 0;
let mips: Mip[] = [];
let size = { width: 0, height: 0 };

function halves(bitmap: ImageBitmap): Mip[] {
  const found: Mip[] = [{ source: bitmap, scale: 1 }];
  let { width, height } = bitmap;
  let last: CanvasImageSource = bitmap;
  while (Math.max(width, height) > 512) {
    const canvas = new OffscreenCanvas(Math.ceil(width / 2), Math.ceil(height / 2));
    const context = canvas.getContext("2d")!;
    context.imageSmoothingQuality = "medium";
    context.drawImage(last, 0, 0, width, height, 0, 0, width / 2, height / 2);
    width /= 2;
    height /= 2;
    found.push({ source: canvas, scale: found.at(-1)!.scale / 2 });
    last = canvas;
  }
  return found;
}

function paint({ view, width, height, margin, ratio }: PaintOrder): void {
  const canvas = new OffscreenCanvas(Math.round(width * ratio), Math.round(height * ratio));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.scale(ratio, ratio);
  const shifted = { s: view.s, x: view.x + margin.x, y: view.y + margin.y };
  if (mips.length) drawPicture(context, mips, size, shifted, { width, height, ratio });
  if (style.visible) {
    order ??= [...shapes.values()].sort((a, b) => a.z - b.z);
    for (const shape of order) {
      if (hidden.has(shape.id) || !isOnCanvas(shape, shifted, width, height)) continue;
      const color = style.colors[shape.class] ?? "#ffffff";
      drawShape(context, shape, shifted, { color, fill: style.fill, stroke: style.stroke });
    }
  }
  const bitmap = canvas.transferToImageBitmap();
  const answer: FromWorker = { bitmap, view, margin, rev };
  postMessage(answer, { transfer: [bitmap] });
}

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.type) {
    case "picture":
      mips = halves(data.bitmap);
      size = { width: data.bitmap.width, height: data.bitmap.height };
      break;
    case "shapes":
      shapes.clear();
      for (const shape of data.shapes) shapes.set(shape.id, shape);
      order = null;
      rev = data.rev;
      break;
    case "change":
      for (const id of data.remove) shapes.delete(id);
      for (const shape of data.set) shapes.set(shape.id, shape);
      order = null;
      rev = data.rev;
      break;
    case "style":
      style = data.style;
      break;
    case "hide":
      hidden = new Set(data.ids);
      break;
    case "paint":
      paint(data);
  }
};
