/** Paints the image: reduced from the nearest smaller copy, enlarged with hard pixels. */

import { USUAL_PICTURE, type PictureLook, type Window } from "../settings";
import { adjust, histogramOf, isAsItIs, recipeOf, type Recipe } from "./adjusting";
import { DeepPicture } from "./deeppicture";
import type { Depth, Painted, ToPictureWorker, Word } from "./messages";
import { TiledPicture } from "./tiledpicture";
import { asItCame, DeepTile, type TileImage } from "./tileimages";
import { keyOf, type Frame, type Tile } from "./tiles";
import { EXACT, tableOf, type Range } from "./windowing";

/** From this enlargement on, a pixel is a square. */
const HARD_PIXELS = 3;
const SMALLEST_COPY = 512;

/** The image as it came. */
let original: ImageBitmap | null = null;
let deep: DeepPicture | null = null;

/** The image, half of it, a quarter, … */
let copies: ImageBitmap[] = [];

let look: PictureLook = USUAL_PICTURE;
let recipe: Recipe | null = null;

/** Instead of the copies, where the image is huge; its values may lie in a range beyond 8 bits. */
let tiled: TiledPicture | null = null;
let tiledRange: Range | null = null;
/** What becomes of each of these values. */
let tiledTable: Uint8Array = new Uint8Array();

/** The smallest copy that is still sharp at a scale; made when first needed. */
function copyFor(s: number): ImageBitmap {
  let level = 0;
  while (s * 2 ** (level + 1) <= 1) {
    const last = copies[level];
    if (Math.max(last.width, last.height) / 2 < SMALLEST_COPY) break;
    copies[level + 1] ??= halfOf(last);
    level++;
  }
  return copies[level];
}

function halfOf(bitmap: ImageBitmap): ImageBitmap {
  const canvas = new OffscreenCanvas(Math.ceil(bitmap.width / 2), Math.ceil(bitmap.height / 2));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.imageSmoothingQuality = "medium";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.transferToImageBitmap();
}

/** Only the part in sight: scaling all of a large image costs more than all of the rest. */
function draw(context: OffscreenCanvasRenderingContext2D, frame: Frame): void {
  const copy = copyFor(frame.s);
  const kx = copy.width / copies[0].width;
  const ky = copy.height / copies[0].height;
  const x0 = Math.max(0, Math.floor((-frame.x / frame.s) * kx) - 1);
  const y0 = Math.max(0, Math.floor((-frame.y / frame.s) * ky) - 1);
  const x1 = Math.min(copy.width, Math.ceil(((frame.width - frame.x) / frame.s) * kx) + 1);
  const y1 = Math.min(copy.height, Math.ceil(((frame.height - frame.y) / frame.s) * ky) + 1);
  if (x1 <= x0 || y1 <= y0) return;
  const sx = frame.s / kx;
  const sy = frame.s / ky;
  setSmoothing(context, frame);
  context.drawImage(
    copy,
    x0,
    y0,
    x1 - x0,
    y1 - y0,
    frame.x + x0 * sx,
    frame.y + y0 * sy,
    (x1 - x0) * sx,
    (y1 - y0) * sy,
  );
}

function setSmoothing(context: OffscreenCanvasRenderingContext2D, frame: Frame): void {
  context.imageSmoothingEnabled = frame.s < HARD_PIXELS;
  context.imageSmoothingQuality = frame.s < 1 ? "medium" : "low";
}

/** A small copy tells enough about how light and dark are spread over the whole image. */
function histogram(): Uint32Array {
  const copy = tiled ? tiled.smallest : copyFor(0.001);
  if (!copy) return new Uint32Array(256);
  const k = Math.min(1, SMALLEST_COPY / Math.max(copy.width, copy.height));
  const canvas = new OffscreenCanvas(Math.ceil(copy.width * k), Math.ceil(copy.height * k));
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(copy, 0, 0, canvas.width, canvas.height);
  return histogramOf(context.getImageData(0, 0, canvas.width, canvas.height).data, look.channel);
}

/** On what was painted: this takes as long for a large image as for a small one. */
function adjustPainted(context: OffscreenCanvasRenderingContext2D, { width, height }: Frame): void {
  recipe ??= recipeOf(look, look.equalise ? histogram() : null);
  const pixels = context.getImageData(0, 0, width, height);
  adjust(pixels.data, recipe);
  context.putImageData(pixels, 0, 0);
}

async function loadTile(url: string, tile: Tile, range: Range | null): Promise<TileImage | null> {
  const response = await fetch(`${url}/${keyOf(tile)}`);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`The tile does not come (${response.status}).`);
  const bitmap = await createImageBitmap(await response.blob(), range ? EXACT : {});
  return range ? new DeepTile(bitmap, range, () => tiledTable) : asItCame(bitmap);
}

/** Another image. */
function open(data: Extract<ToPictureWorker, { type: "picture" | "tiles" }>): void {
  for (const copy of copies) copy.close();
  original?.close();
  tiled?.close();
  recipe = null;
  deep = null;
  original = data.type === "picture" ? data.bitmap : null;
  copies = [];
  tiledRange = data.type === "picture" ? null : data.range;
  showThrough(look.window);
  tiled = data.type === "picture" ? null : openTiles(data);
}

/** Its values beyond 8 bits have come. */
function deepen(bitmap: ImageBitmap): void {
  if (!original || bitmap.width !== original.width || bitmap.height !== original.height) return bitmap.close();
  deep = new DeepPicture(bitmap);
  postMessage({ type: "depth", range: deep.range } satisfies Depth);
  if (look.window) showThrough(look.window);
}

/** Copies and tiles are made of what a window shows, or of the image as it came. */
function showThrough(window: Window | null): void {
  if (tiledRange) tiledTable = tableOf(tiledRange, window);
  if (!original) return;
  for (const copy of copies) if (copy !== original) copy.close();
  copies = [window && deep ? deep.through(tableOf(deep.range, window)) : original];
}

const sameWindow = (a: Window | null, b: Window | null): boolean => a?.level === b?.level && a?.width === b?.width;

function openTiles({ pyramid, url, range }: Extract<ToPictureWorker, { type: "tiles" }>): TiledPicture {
  const say = (type: Word["type"]) => postMessage({ type } satisfies Word);
  const more = () => {
    if (look.equalise) recipe = null;
    say("more");
  };
  return new TiledPicture(pyramid, (tile) => loadTile(url, tile, range), more, () => say("gone"));
}

onmessage = ({ data }: MessageEvent<ToPictureWorker>) => {
  if (data.type === "picture" || data.type === "tiles") return open(data);
  if (data.type === "deep") return deepen(data.bitmap);
  if (data.type === "again") return tiled?.again();
  if (data.type === "look") {
    const before = look.window;
    look = data.look;
    if (!sameWindow(before, look.window)) showThrough(look.window);
    recipe = null;
    return;
  }
  const { which, frame, rev } = data;
  const canvas = new OffscreenCanvas(frame.width, frame.height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  if (tiled) {
    setSmoothing(context, frame);
    tiled.draw(context, frame, which);
  }
  if (copies.length) draw(context, frame);
  if (tiled || copies.length) {
    if (!isAsItIs(look)) adjustPainted(context, frame);
  }
  const bitmap = canvas.transferToImageBitmap();
  postMessage({ which, frame, bitmap, rev } satisfies Painted, { transfer: [bitmap] });
};
