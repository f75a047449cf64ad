/** What a person chose, and the task's classes, made into what the painter needs. */

import { shortWords, type Attribute } from "../attributes";
import type { LabelClass } from "../save/api";
import type { Look as ChosenLook } from "../settings";
import type { Shape } from "../shapes/types";
import type { Style } from "./messages";

/** Longer names would hide what they name. */
const LONGEST_NAME = 20;
const LONGEST_WORDS = 34;
const shortened = (words: string, longest: number) => (words.length > longest ? `${words.slice(0, longest - 1)}…` : words);

export const NO_STYLE: Style = { colors: {}, skeletons: {}, names: {}, answers: null, patterns: {}, byObject: false, fill: 0.25, stroke: 1.75 };

export type PaintedClass = Pick<LabelClass, "id" | "name" | "color" | "skeleton">;

export function styleOf(classes: readonly PaintedClass[], look: ChosenLook, attributes: readonly Attribute[] = []): Style {
  return {
    colors: Object.fromEntries(classes.map(({ id, color }) => [id, color])),
    skeletons: Object.fromEntries(classes.map(({ id, skeleton }) => [id, skeleton])),
    names: look.labels ? Object.fromEntries(classes.map(({ id, name }) => [id, shortened(name, LONGEST_NAME)])) : {},
    answers: look.answers ? attributes : null,
    patterns: look.patterns ? Object.fromEntries(classes.map(({ id }, i) => [id, i % PATTERNS.length])) : {},
    byObject: look.color_by === "object",
    fill: look.fill,
    stroke: look.stroke,
  };
}

/** What stands on a shape: its class and what is said of it, as far as one wants to read that. */
export function nameOf(shape: Shape, style: Style): string {
  const said = style.answers ? shortWords(style.answers, shape) : "";
  return shortened([style.names[shape.class], said].filter(Boolean).join(": "), LONGEST_WORDS);
}

export function colorOf(shape: Shape, style: Style): string {
  if (!style.byObject) return style.colors[shape.class] ?? "#ffffff";
  // The id is random; neighbours in time shall not be neighbours in colour.
  const hue = (parseInt(shape.id.slice(-6), 16) * 137.508) % 360;
  return `hsl(${hue.toFixed(0)} 90% 60%)`;
}

const SIDE = 10;
/** Lines across a square of 10, which fit to themselves when it is repeated. */
const PATTERNS = [
  "M-1 1L1 -1M0 10L10 0M9 11L11 9",
  "M-1 9L1 11M0 0L10 10M9 -1L11 1",
  "M0 5H10",
  "M5 0V10",
  "M0 5H10M5 0V10",
  "M5 4V6M0 -1V1M10 -1V1M0 9V11M10 9V11",
];
/** Of lines, in the order of the patterns. */
const DASHES = [[], [8, 4], [3, 3], [10, 3, 3, 3], [14, 5], [2, 5]];

const tiles = new Map<string, OffscreenCanvas>();
const patterns = new Map<string, CanvasPattern>();

function tileOf(color: string, number: number): OffscreenCanvas {
  const name = `${color} ${number}`;
  const known = tiles.get(name);
  if (known) return known;
  const tile = new OffscreenCanvas(SIDE, SIDE);
  const context = tile.getContext("2d", { willReadFrequently: true })!;
  context.strokeStyle = color;
  context.lineWidth = 1.6;
  context.stroke(new Path2D(PATTERNS[number]));
  tiles.set(name, tile);
  return tile;
}

type Canvas2D = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** The hatching of a class; it moves with the image. */
export function patternOf(context: Canvas2D, color: string, number: number, at: { x: number; y: number }): CanvasPattern {
  const name = `${color} ${number}`;
  const pattern = patterns.get(name) ?? context.createPattern(tileOf(color, number), "repeat")!;
  patterns.set(name, pattern);
  pattern.setTransform(new DOMMatrix([1, 0, 0, 1, at.x % SIDE, at.y % SIDE]));
  return pattern;
}

export const dashOf = (number: number): number[] => DASHES[number];

/** For the squares of the classes in the panel; empty where no patterns are wanted. */
export const patternPath = (classId: number, style: Style): string => PATTERNS[style.patterns[classId]] ?? "";
