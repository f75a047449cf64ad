/** Labels in lists, drawn small by the painter of the editor. */

import { drawShapes, isCrowded } from "../paint/painter";
import { readPainting, styleFor } from "./painting";

const NONE: ReadonlySet<string> = new Set();

/** The canvas lies on the picture, and is fitted into the same box in the same way. */
function paint(canvas: HTMLCanvasElement): void {
  const painting = readPainting(canvas.nextElementSibling!);
  const [width, height] = painting.image;
  const box = canvas.getBoundingClientRect();
  const fit = getComputedStyle(canvas).objectFit === "cover" ? Math.max : Math.min;
  const s = fit(box.width / width, box.height / height);
  canvas.width = Math.max(1, Math.round(width * s * devicePixelRatio));
  canvas.height = Math.max(1, Math.round(height * s * devicePixelRatio));
  const context = canvas.getContext("2d")!;
  context.scale(devicePixelRatio, devicePixelRatio);
  const all = { x0: 0, y0: 0, x1: width, y1: height };
  const plain = isCrowded(painting.shapes, all);
  drawShapes(context, painting.shapes, { s, x: 0, y: 0 }, styleFor(painting), all, NONE, plain);
  canvas.dataset.painted = String(painting.shapes.length);
}

function paintAll(): void {
  document.querySelectorAll<HTMLCanvasElement>(".preview canvas:not([data-painted])").forEach(paint);
}

paintAll();
// More of a list came.
document.addEventListener("htmx:load", paintAll);
