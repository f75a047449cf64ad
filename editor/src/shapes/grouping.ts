/** Which of many areas come near each other, and near a border: told by their boxes. */

import { boxesMeet, boxOfRings } from "./geometry";
import type { Box, Ring } from "./types";

/** Of areas whose boxes meet, or are joined by others whose boxes do. */
export function groupsOf(areas: Ring[][]): Ring[][][] {
  const boxes = areas.map(boxOfRings);
  const order = areas.map((_, i) => i).sort((a, b) => boxes[a].x0 - boxes[b].x0);
  const head = areas.map((_, i) => i);
  const headOf = (i: number): number => {
    while (head[i] !== i) i = head[i] = head[head[i]];
    return i;
  };
  // From left to right, with those that reach as far as that.
  let open: number[] = [];
  for (const i of order) {
    open = open.filter((other) => boxes[other].x1 >= boxes[i].x0);
    for (const other of open) if (boxesMeet(boxes[other], boxes[i])) head[headOf(other)] = headOf(i);
    open.push(i);
  }
  const groups = new Map<number, Ring[][]>();
  areas.forEach((area, i) => {
    const of = headOf(i);
    const group = groups.get(of);
    if (group) group.push(area);
    else groups.set(of, [area]);
  });
  return [...groups.values()];
}

/** The edges of an area, in strips by their height. */
export class Edges {
  private readonly strips: Box[][];
  private readonly box: Box;
  private readonly height: number;

  constructor(area: Ring[]) {
    this.box = boxOfRings(area);
    const count = Math.max(1, Math.ceil(Math.sqrt(area.reduce((sum, ring) => sum + ring.length / 2, 0))));
    this.height = (this.box.y1 - this.box.y0) / count || 1;
    this.strips = Array.from({ length: count }, () => []);
    for (const ring of area) {
      for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
        const edge = boxOfRings([[ring[i], ring[i + 1], ring[j], ring[j + 1]]]);
        for (const strip of this.stripsOf(edge)) strip.push(edge);
      }
    }
  }

  /** Does the box of an edge meet a box? */
  comesNear(box: Box): boolean {
    return this.stripsOf(box).some((strip) => strip.some((edge) => boxesMeet(edge, box)));
  }

  private stripsOf({ y0, y1 }: Box): Box[][] {
    const at = (y: number) => Math.min(this.strips.length - 1, Math.max(0, Math.floor((y - this.box.y0) / this.height)));
    return this.strips.slice(at(y0), at(y1) + 1);
  }
}
