import { describe, expect, it } from "vitest";
import { allowedArea } from "../src/edits";
import { enclosed, intersection } from "../src/shapes/boolean";
import { areaOf, isInside, nearestEdge } from "../src/shapes/geometry";
import { overlapWith, ROUNDING } from "../src/shapes/overlapping";
import type { Ring, Shape } from "../src/shapes/types";
import { ground, random } from "./making";

function star(chance: () => number, x: number, y: number, size: number, vertices: number): Ring {
  return Array.from({ length: vertices }, (_, i) => {
    const angle = (2 * Math.PI * i) / vertices;
    const radius = size * (0.6 + 0.4 * chance());
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)].map((value) => Math.round(value * 100) / 100);
  }).flat();
}

const polygon = (id: string, ring: Ring): Shape => ({
  id, class: 1, z: 1, attrs: {}, kind: "polygon", geom: { rings: [ring] },
});

describe("whether areas overlap", () => {
  it("is what their intersection says, for random ones", () => {
    const chance = random(11);
    let both = 0;
    for (let i = 0; i < 400; i++) {
      const a = [star(chance, 50, 50, 30, 12)];
      const b = [star(chance, 50 + 70 * chance(), 50 + 30 * chance(), 25, 9)];
      const really = areaOf(intersection(a, b)) >= ROUNDING;
      both += Number(really);
      expect(overlapWith(a)(b)).toBe(really);
      expect(overlapWith(b)(a)).toBe(really);
    }
    expect(both).toBeGreaterThan(50);
    expect(both).toBeLessThan(350);
  });

  it("is so for a cross, where neither has a vertex in the other", () => {
    const upright = [[40, 0, 60, 0, 60, 100, 40, 100]];
    const lying = [[0, 40, 100, 40, 100, 60, 0, 60]];
    expect(overlapWith(upright)(lying)).toBe(true);
  });

  it("is not so for neighbours that share a border, or for what lies in a hole", () => {
    const left = [[0, 0, 50, 0, 50, 100, 0, 100]];
    const right = [[50, 0, 100, 0, 100, 100, 50, 100]];
    expect(overlapWith(left)(right)).toBe(false);
    const ring = [[0, 0, 100, 0, 100, 100, 0, 100], [20, 20, 80, 20, 80, 80, 20, 80]];
    expect(overlapWith(ring)([[20, 20, 80, 20, 80, 80, 20, 80]])).toBe(false);
    expect(overlapWith(ring)([[30, 30, 70, 30, 70, 70, 30, 70]])).toBe(false);
  });

  it("is so when one lies in the other altogether", () => {
    const large = [[0, 0, 100, 0, 100, 100, 0, 100]];
    expect(overlapWith(large)([[40, 40, 60, 40, 50, 60]])).toBe(true);
    expect(overlapWith([[40, 40, 60, 40, 50, 60]])(large)).toBe(true);
  });
});

describe("a stroke round hundreds of shapes", () => {
  it("is cut by all of them: it holds just what none of them does", () => {
    const chance = random(5);
    const others: Shape[] = [];
    for (let row = 0; row < 20; row++) {
      for (let column = 0; column < 20; column++) {
        const ring = star(chance, 25 + 50 * column, 25 + 50 * row, 23, 16);
        others.push(polygon(`${row}/${column}`, ring));
      }
    }
    const loop = enclosed(star(chance, 500, 500, 480, 300), 0.5);
    const area = allowedArea(loop, others, ground(1000, 1000, { permitOverlap: false }));
    const rings = others.map((shape) => (shape.kind === "polygon" ? shape.geom.rings : []));
    let inside = 0;
    for (let i = 0; i < 2000; i++) {
      const [x, y] = [1000 * chance(), 1000 * chance()];
      const nearest = Math.min(...[loop, ...rings].map((one) => nearestEdge(one, true, x, y).distance));
      // Crumbs that a cut leaves are dropped; they lie close to borders.
      if (nearest < 1.5) continue;
      const isFree = isInside(loop, x, y) && !rings.some((one) => isInside(one, x, y));
      expect(isInside(area, x, y)).toBe(isFree);
      inside += Number(isFree);
    }
    expect(inside).toBeGreaterThan(200);
  });
});
