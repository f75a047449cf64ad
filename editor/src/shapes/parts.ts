/** Areas taken apart: into their parts, and by a line. Pure. */

import { difference, intersection, partsOf, resolved, uncovered } from "./boolean";
import { areaOf, boxesMeet, boxOfRings, isInside } from "./geometry";
import type { Box, Point, Ring } from "./types";

/** How far beside a line one looks for what lies there, in pixels. */
const BESIDE = 0.03;

/**
 * The pieces into which a line divides an area, the largest first; one piece when it does not go
 * through. The line counts only as far as it was drawn: what lies beyond its ends stays together,
 * and so do parts that it does not touch.
 */
export function splitBy(rings: Ring[], line: Ring): Ring[][] {
  const area = resolved(rings);
  const box = grown(boxOfRings([...area, line]));
  const { border, rays } = extended(line, box);
  const side = resolved([border]);
  const pieces = [...partsOf(intersection(area, side)), ...partsOf(difference(area, side))];
  const groups = joined(pieces, area, rays);
  const whole = groups.map((group) =>
    group.length === 1
      ? pieces[group[0]]
      : // Cut out of the whole, or the joint would stay as a crack.
        difference(area, pieces.filter((_, i) => !group.includes(i)).flat()),
  );
  return keepUntouched(whole, pieces.length === 1 ? [] : partsOf(area));
}

/** Parts that the line left alone belong to the largest piece of those that it cut. */
function keepUntouched(groups: Ring[][], parts: Ring[][]): Ring[][] {
  const sorted = [...groups].sort((a, b) => areaOf(b) - areaOf(a));
  const isWhole = (group: Ring[]) =>
    parts.some((part) => Math.abs(areaOf(part) - areaOf(group)) < 0.05 && areaOf(difference(part, group)) < 0.05);
  const cut = sorted.filter((group) => !isWhole(group));
  if (cut.length < 2) return [sorted.flat()];
  const [first, ...rest] = cut;
  return [[...first, ...sorted.filter(isWhole).flat()], ...rest];
}

const grown = ({ x0, y0, x1, y1 }: Box): Box => ({ x0: x0 - 10, y0: y0 - 10, x1: x1 + 10, y1: y1 + 10 });

/** The line, made long enough at both ends, closed far around one side of the box. */
function extended(line: Ring, box: Box): { border: Ring; rays: [Point, Point][] } {
  const centre = { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2 };
  const radius = 2 * Math.hypot(box.x1 - box.x0, box.y1 - box.y0);
  const point = (i: number): Point => ({ x: line.at(2 * i)!, y: line.at(2 * i + 1)! });
  const ray = (from: Point, before: Point): [Point, Point] => {
    const length = Math.hypot(from.x - before.x, from.y - before.y) || 1;
    const k = (3 * radius) / length;
    return [from, { x: from.x + (from.x - before.x) * k, y: from.y + (from.y - before.y) * k }];
  };
  const begin = ray(point(0), point(1));
  const end = ray(point(-1), point(-2));
  const around = arc(angleOf(end[1], centre), angleOf(begin[1], centre));
  const far = around.flatMap((a) => [centre.x + 6 * radius * Math.cos(a), centre.y + 6 * radius * Math.sin(a)]);
  return { border: [begin[1].x, begin[1].y, ...line, end[1].x, end[1].y, ...far], rays: [begin, end] };
}

const angleOf = (at: Point, centre: Point): number => Math.atan2(at.y - centre.y, at.x - centre.x);

/** From one angle on to the next, in steps that keep clear of the middle. */
function arc(from: number, to: number): number[] {
  const turn = (to - from + 4 * Math.PI) % (2 * Math.PI);
  const count = Math.max(1, Math.ceil(turn / (Math.PI / 4)));
  return Array.from({ length: count + 1 }, (_, i) => from + (turn * i) / count);
}

/** Which pieces lie together along the rays, where nobody has drawn a line: lists of their places. */
function joined(pieces: Ring[][], area: Ring[], rays: [Point, Point][]): number[][] {
  const group = pieces.map((_, i) => i);
  for (const [from, to] of rays) {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const side = { x: (-(to.y - from.y) / length) * BESIDE, y: ((to.x - from.x) / length) * BESIDE };
    for (const { x, y } of middlesInside(area, from, to)) {
      const a = pieces.findIndex((piece) => isInside(piece, x + side.x, y + side.y));
      const b = pieces.findIndex((piece) => isInside(piece, x - side.x, y - side.y));
      if (a < 0 || b < 0 || group[a] === group[b]) continue;
      const [kept, gone] = [group[a], group[b]];
      group.forEach((of, i) => of === gone && (group[i] = kept));
    }
  }
  const places = new Map<number, number[]>();
  group.forEach((of, i) => places.set(of, [...(places.get(of) ?? []), i]));
  return [...places.values()];
}

/** Of each stretch of a straight line that lies inside the rings, the middle. */
function middlesInside(rings: Ring[], from: Point, to: Point): Point[] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const at = (t: number): Point => ({ x: from.x + t * dx, y: from.y + t * dy });
  const cuts = [0, 1];
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
      const [ex, ey] = [ring[i] - ring[j], ring[i + 1] - ring[j + 1]];
      const cross = dx * ey - dy * ex;
      if (!cross) continue;
      const [px, py] = [ring[j] - from.x, ring[j + 1] - from.y];
      const t = (px * ey - py * ex) / cross;
      const u = (px * dy - py * dx) / cross;
      if (t > 0 && t < 1 && u >= 0 && u <= 1) cuts.push(t);
    }
  }
  cuts.sort((a, b) => a - b);
  const middles = cuts.slice(1).map((cut, i) => at((cut + cuts[i]) / 2));
  return middles.filter(({ x, y }) => isInside(rings, x, y));
}

/**
 * The gap in which a point lies: what of the image no other area covers, around the point. Most gaps
 * are small, so it is looked for in a window that grows until the gap does not reach its border.
 */
export function gapAt(point: Point, areas: Ring[][], width: number, height: number): Ring[] | null {
  const boxes = areas.map(boxOfRings);
  for (let reach = Math.ceil(Math.max(width, height) / 16); ; reach *= 2) {
    const window = windowAround(point, reach, width, height);
    const near = areas.filter((_, i) => boxesMeet(boxes[i], window));
    const { x0, y0, x1, y1 } = window;
    const free = partsOf(uncovered([[x0, y0, x1, y0, x1, y1, x0, y1]], near));
    const found = free.find((part) => isInside(part, point.x, point.y)) ?? null;
    if (!found || !goesOn(boxOfRings(found), window, width, height)) return found;
  }
}

/** A part of the image, in whole pixels. */
function windowAround({ x, y }: Point, reach: number, width: number, height: number): Box {
  const [cx, cy] = [Math.round(x), Math.round(y)];
  return {
    x0: Math.max(0, cx - reach),
    y0: Math.max(0, cy - reach),
    x1: Math.min(width, cx + reach),
    y1: Math.min(height, cy + reach),
  };
}

/** Does a gap reach the border of its window where that is not the border of the image? */
const goesOn = (gap: Box, { x0, y0, x1, y1 }: Box, width: number, height: number): boolean =>
  (gap.x0 <= x0 && x0 > 0) || (gap.y0 <= y0 && y0 > 0) || (gap.x1 >= x1 && x1 < width) || (gap.y1 >= y1 && y1 < height);
