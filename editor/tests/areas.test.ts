/** The areas that gestures leave, against those that another library works out: shapely, in areas.py. */

import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { LEAST_AREA } from "../src/edits";
import { difference, intersection, painted, partsOf, resolved, union } from "../src/shapes/boolean";
import { ringsOf } from "../src/shapes/geometry";
import { splitBy } from "../src/shapes/parts";
import type { Ring } from "../src/shapes/types";
import { drawingArea } from "../src/tools/areas";
import { Driver } from "./driving";
import { random, stroke } from "./making";

const SIZE = 300;

/** By how much each case is off: its largest wrong patch, and its largest overlap. */
function off(cases: object[]): [wrong: number, overlap: number][] {
  return JSON.parse(execFileSync("../.venv/bin/python", ["tests/areas.py"], { input: JSON.stringify(cases), encoding: "utf8" }));
}

describe("random strokes that cross themselves", () => {
  const pairs = <T>(act: (a: Ring[], b: Ring[]) => T): T[] =>
    Array.from({ length: 40 }, (_, seed) => {
      const chance = random(seed + 1);
      return act([stroke(chance, SIZE)], [stroke(chance, SIZE), stroke(chance, SIZE, 12)]);
    });

  it.each([
    ["union", union],
    ["difference", difference],
    ["intersection", intersection],
    ["symmetric_difference", (a: Ring[], b: Ring[]) => resolved([...a, ...b])],
  ])("have the %s that shapely finds", (by, make) => {
    const found = off(pairs((a, b) => ({ kind: "operation", by, a, b, got: make(a, b) })));
    for (const [wrong] of found) expect(wrong).toBeLessThan(0.01);
  });

  it("lose nothing and cover nothing twice when they are divided by a line or into their parts", () => {
    const count = { divided: 0, apart: 0 };
    const cases = pairs(([a], [b, c]) => {
      const area = difference([a], [b]);
      const line = [-10, c[1], ...c.slice(0, 8), SIZE + 10, c[7]];
      const [pieces, parts] = [splitBy(area, line), partsOf(area)];
      count.divided += Number(pieces.length > 2);
      count.apart += Number(parts.length > 2);
      return [pieces, parts].map((some) => ({ kind: "operation", by: "union", a: area, b: [], got: some.flat() }));
    });
    for (const [wrong] of off(cases.flat())) expect(wrong).toBeLessThan(0.01);
    expect(Math.min(count.divided, count.apart)).toBeGreaterThan(5);
  });

  it("are painted as wide as the brush, and no wider", () => {
    const found = off(
      Array.from({ length: 40 }, (_, seed) => {
        const chance = random(seed + 1);
        const path = stroke(chance, SIZE, 15);
        const [radius, tolerance] = [1 + 20 * chance(), 0.5];
        return { kind: "brush", path, radius, tolerance, got: painted(path, radius, tolerance) };
      }),
    );
    for (const [wrong] of found) expect(wrong).toBeLessThan(0.01);
  });
});

describe.each([
  ["overlap is allowed", {}, 11],
  // With these three, Clipper left patches that were covered.
  ["overlap is forbidden", { permit_overlap: false }, 11],
  ["overlap is forbidden", { permit_overlap: false }, 14],
  ["overlap is forbidden", { permit_overlap: false }, 225],
  ["new shapes cut others", { permit_overlap: false, new_cuts_others: true }, 11],
])("where %s", (_, task, seed) => {
  it(`what is drawn and added is covered then, what is taken away is not, and all else is as before (seed ${seed})`, () => {
    const chance = random(seed);
    const driver = new Driver([], task);
    const { editor } = driver;
    const { width, height } = editor.image;
    const state = () => driver.shapes.map(ringsOf);
    const count = { new: 0, append: 0, erase: 0 };
    const cases = Array.from({ length: 90 }, () => {
      const drawn = stroke(chance, SIZE * 1.2, 14);
      const mode = (["new", "new", "append", "erase"] as const)[Math.floor(4 * chance())];
      const before = state();
      editor.activeClass = 1 + Math.floor(2 * chance());
      editor.select([]);
      editor.changes.carryOut(drawingArea(editor, "draw", { how: "rings", rings: resolved([drawn]) }, mode));
      count[mode]++;
      return { kind: "gesture", mode, drawn, size: [width, height], before, after: state() };
    });
    for (const [wrong, overlap] of off(cases)) {
      // Crumbs are let go.
      expect(wrong).toBeLessThan(LEAST_AREA);
      if ("permit_overlap" in task) expect(overlap).toBeLessThan(0.6);
    }
    expect(Math.min(...Object.values(count))).toBeGreaterThan(10);
    expect(driver.shapes.length).toBeGreaterThan(3);
    expect(state().some((rings) => rings.length > 1)).toBe(true);
    for (const value of state().flat(2)) expect(Math.round(value * 100) / 100).toBe(value);
  });
});
