/** Union, difference and intersection of areas, by Clipper2 on a grid of 0.01 pixel. */

import { ClipType, FillRule, PathType, type Paths64 } from "clipper2-ts/dist/Core.js";
import { Clipper64, PolyTree64, type PolyPath64 } from "clipper2-ts/dist/Engine.js";
import { ClipperOffset, EndType, JoinType } from "clipper2-ts/dist/Offset.js";
import { areaOf, boxOfRings, isInside, simplified } from "./geometry";
import { Edges, groupsOf } from "./grouping";
import type { Ring } from "./types";

const GRID = 100;

function toPaths(rings: Ring[]): Paths64 {
  return rings.map((ring) => {
    const path: { x: number; y: number }[] = [];
    for (let i = 0; i < ring.length; i += 2) {
      path.push({ x: Math.round(ring[i] * GRID), y: Math.round(ring[i + 1] * GRID) });
    }
    return path;
  });
}

const toRings = (paths: Paths64): Ring[] =>
  paths.filter((path) => path.length > 2).map((path) => path.flatMap((p) => [p.x / GRID, p.y / GRID]));

function operate(type: ClipType, subject: Ring[], clip: Ring[], rule: FillRule): Ring[] {
  const clipper = new Clipper64();
  clipper.addPaths(toPaths(subject), PathType.Subject);
  if (clip.length) clipper.addPaths(toPaths(clip), PathType.Clip);
  const solution: Paths64 = [];
  clipper.execute(type, rule, solution);
  return toRings(solution);
}

/** Areas that differ by more than this, in pixels², differ by more than rounding. */
const FAULT = 1;

/**
 * What of an area another does not cover. Where many borders nearly meet, Clipper now and then leaves a
 * patch that is covered, in a ring that comes back to a corner. Turned, it goes through them in another order.
 */
function without(area: Ring[], cover: Ring[]): Ring[] {
  const cut = (a: Ring[], b: Ring[]) => operate(ClipType.Difference, a, b, FillRule.NonZero);
  let best = cut(area, cover);
  if (!best.some(comesBack)) return best;
  for (const quarters of [1, 2, 3]) {
    const other = turned(cut(turned(area, quarters), turned(cover, quarters)), 4 - quarters);
    if (areaOf(resolved(other)) + FAULT < areaOf(resolved(best))) best = other;
  }
  return best;
}

function comesBack(ring: Ring): boolean {
  const corners = new Set<number>();
  for (let i = 0; i < ring.length; i += 2) corners.add(ring[i] * GRID * 2 ** 26 + ring[i + 1] * GRID);
  return corners.size < ring.length / 2;
}

const turned = (rings: Ring[], quarters: number): Ring[] =>
  quarters ? turned(rings.map((ring) => ring.map((_, i) => (i % 2 ? -ring[i - 1] : ring[i + 1]))), quarters - 1) : rings;

export const union = (a: Ring[], b: Ring[]): Ring[] =>
  operate(ClipType.Union, resolved(a), resolved(b), FillRule.NonZero);

export const difference = (a: Ring[], b: Ring[]): Ring[] => without(resolved(a), resolved(b));

export const intersection = (a: Ring[], b: Ring[]): Ring[] =>
  operate(ClipType.Intersection, resolvedOnce(a), resolvedOnce(b), FillRule.NonZero);

/** The same even-odd area in rings that do not cross, holes wound against their outlines. */
export const resolved = (rings: Ring[]): Ring[] =>
  rings.length ? operate(ClipType.Union, rings, [], FillRule.EvenOdd) : [];

/** One area of many rings that may overlap. */
export const joined = (rings: Ring[]): Ring[] => operate(ClipType.Union, rings, [], FillRule.NonZero);

/**
 * What of an area none of the others covers. Cutting takes more than twice as long for twice as many, so
 * only what reaches the border of the area is cut off together; what lies inside makes holes, by groups
 * that come near each other.
 */
export function uncovered(area: Ring[], others: Ring[][]): Ring[] {
  const whole = resolved(area);
  const cutOff = (some: Ring[][]) => (some.length ? without(whole, some.flatMap(resolvedOnce)) : whole);
  if (others.length < FEW) return cutOff(others);
  const border = new Edges(whole);
  const atBorder: Ring[][] = [];
  const holes: Ring[] = [];
  for (const group of groupsOf(others)) {
    const box = boxOfRings(group.flat());
    if (border.comesNear(box)) atBorder.push(...group);
    else if (isInside(whole, box.x0, box.y0)) for (const ring of joined(group.flatMap(resolvedOnce))) holes.push(reversed(ring));
  }
  return [...cutOff(atBorder), ...holes];
}

/** So few are cut off at once. */
const FEW = 30;

/** Of an outline it makes a hole, and of a hole an outline. */
function reversed(ring: Ring): Ring {
  const back: Ring = [];
  for (let i = ring.length - 2; i >= 0; i -= 2) back.push(ring[i], ring[i + 1]);
  return back;
}

/** Of shapes, which never change: neighbours are asked for again with every stroke. */
const known = new WeakMap<Ring[], Ring[]>();

function resolvedOnce(rings: Ring[]): Ring[] {
  const found = known.get(rings) ?? resolved(rings);
  known.set(rings, found);
  return found;
}

/** The separate parts of an area, each an outline and its holes. */
export function partsOf(rings: Ring[]): Ring[][] {
  const clipper = new Clipper64();
  clipper.addPaths(toPaths(rings), PathType.Subject);
  const tree = new PolyTree64();
  clipper.execute(ClipType.Union, FillRule.EvenOdd, tree);
  const parts: Ring[][] = [];
  const collect = (node: PolyPath64) => {
    for (const outline of childrenOf(node)) {
      const holes = childrenOf(outline);
      parts.push(toRings([outline, ...holes].map(({ poly }) => poly!)));
      holes.forEach(collect);
    }
  };
  collect(tree);
  return parts.filter((part) => part.length);
}

const childrenOf = (node: PolyPath64): PolyPath64[] => Array.from({ length: node.count }, (_, i) => node.child(i));

/** Everything that a hand-drawn loop runs round: an overshoot at its end makes no hole. */
export function enclosed(loop: Ring, tolerance: number): Ring[] {
  const raw = operate(ClipType.Union, [loop], [], FillRule.NonZero);
  const simple = raw.map((ring) => simplified(ring, tolerance)).filter((ring) => ring.length >= 6);
  // Simplifying can make rings cross.
  return operate(ClipType.Union, simple, [], FillRule.EvenOdd);
}

/** Everything that a round brush passes over; its arcs are true to within `tolerance` pixels. */
export function painted(path: Ring, radius: number, tolerance: number): Ring[] {
  const offset = new ClipperOffset(2, Math.max(1, tolerance * GRID));
  offset.addPaths(toPaths([path]), JoinType.Round, EndType.Round);
  const solution: Paths64 = [];
  offset.execute(radius * GRID, solution);
  return operate(ClipType.Union, toRings(solution), [], FillRule.NonZero);
}

export const imageRing = (width: number, height: number): Ring[] => [
  [0, 0, width, 0, width, height, 0, height],
];
