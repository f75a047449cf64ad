import { expect, it } from "vitest";
import type { Shape } from "../src/shapes/types";
import { Driver } from "./driving";
import { random, stroke } from "./making";

const TOOLS = ["freehand", "brush", "eraser", "polygon", "rectangle", "rotated_rectangle", "circle", "ellipse", "split"];

/** One gesture of a hand that draws anything, anywhere. */
function gesture(driver: Driver, chance: () => number): void {
  const ring = stroke(chance, 300, 6 + Math.floor(20 * chance()));
  const points = Array.from({ length: ring.length / 2 }, (_, i): [number, number] => [ring[2 * i], ring[2 * i + 1]]);
  const held = { shift: chance() < 0.3, alt: chance() < 0.2 };
  driver.use(TOOLS[Math.floor(chance() * TOOLS.length)]);
  driver.editor.brushRadius = 3 + 20 * chance();
  driver.editor.activeClass = 1;
  const { name } = driver.tool;
  if (name === "polygon") {
    for (const [x, y] of points.slice(0, 6)) driver.click(x, y, held);
    driver.tool.finish!();
    driver.tool.cancel();
  } else if (name === "rotated_rectangle") {
    driver.drag([points[0], points[1], points[2]]).click(...points[3]);
    driver.tool.cancel();
  } else {
    driver.drag(points, held);
  }
}

const state = (driver: Driver) => new Map<string, Shape>(driver.store.shapes);

it.each([
  ["overlap allowed", {}],
  ["overlap forbidden", { permit_overlap: false }],
  ["new shapes cut others", { permit_overlap: false, new_cuts_others: true }],
])("2,000 random strokes with undo and redo end in the same state: %s", (_, task) => {
  const chance = random(42);
  const driver = new Driver([], task);
  /** What was there after each step that can be undone, the empty image first. */
  let states = [state(driver)];
  let at = 0;
  let undone = 0;
  for (let i = 0; i < 2000; i++) {
    const choice = chance();
    if (choice < 0.2 && at > 0) {
      // Of a stroke that was refused, the first one takes that out of sight.
      if (driver.editor.refused) driver.editor.changes.undo();
      driver.editor.changes.undo();
      at--;
      undone++;
    } else if (choice < 0.3 && at < states.length - 1) {
      driver.editor.changes.redo();
      at++;
    } else {
      const before = driver.store.shapes.size ? state(driver) : new Map();
      gesture(driver, chance);
      const after = state(driver);
      const isChanged = after.size !== before.size || [...after].some(([id, shape]) => before.get(id) !== shape);
      if (isChanged) {
        states = [...states.slice(0, at + 1), after];
        at++;
      }
      // Many shapes make every stroke dear; some are wiped away now and then.
      if (after.size > 30) {
        driver.editor.select([...after.keys()].slice(0, 15));
        driver.editor.changes.deleteSelected();
        states = [...states.slice(0, at + 1), state(driver)];
        at++;
      }
    }
    if (i % 50 === 0) expect(state(driver)).toEqual(states[at]);
  }
  expect(undone).toBeGreaterThan(200);
  expect(state(driver)).toEqual(states[at]);
  const last = at;
  while (driver.store.undoName) driver.editor.changes.undo();
  expect(driver.store.shapes.size).toBe(0);
  while (driver.store.redoName) driver.editor.changes.redo();
  expect(state(driver)).toEqual(states.at(-1));
  expect(states.length).toBeGreaterThan(last);
}, 240_000);
