import { expect, it } from "vitest";
import { boxesMeet, boxOf, moved } from "../src/shapes/geometry";
import { Store } from "../src/shapes/store";
import type { Box, Shape } from "../src/shapes/types";
import { polygon, random, square } from "./making";

/** Of any size, from a dot to a whole huge image, some of them beyond its border. */
function anywhere(chance: () => number, id: string): Shape {
  const side = chance() < 0.1 ? 0 : 2 ** (17 * chance());
  const at = () => Math.round((chance() * 1.1 - 0.05) * 100_000 * 100) / 100;
  return polygon(id, [square(at(), at(), side)]);
}

function anyBox(chance: () => number): Box {
  const { x0, y0, x1, y1 } = boxOf(anywhere(chance, ""));
  return chance() < 0.5 ? { x0, y0, x1, y1 } : { x0, y0, x1: x0, y1: y0 };
}

function expectSame(store: Store, box: Box): void {
  const all = [...store.shapes.values()].filter((shape) => boxesMeet(boxOf(shape), box));
  expect([...store.meeting(box)].map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort());
}

it("finds what a look at every shape finds, after any changes", () => {
  const chance = random(7);
  const store = new Store(Array.from({ length: 300 }, (_, i) => anywhere(chance, `s${i}`)));
  for (let round = 0; round < 300; round++) {
    expectSame(store, anyBox(chance));
    const ids = [...store.shapes.keys()];
    const id = ids[Math.floor(chance() * ids.length)];
    const act = chance();
    if (act < 0.3) store.edit("draw", [{ id: `n${round}`, after: anywhere(chance, `n${round}`) }]);
    else if (act < 0.6) store.edit("move", [{ id, after: moved(store.shapes.get(id)!, 900, -35) }]);
    else if (act < 0.8) store.edit("delete", [{ id, after: null }]);
    else if (act < 0.9) store.undo();
    else store.redo();
    expectSame(store, anyBox(chance));
  }
});

it("finds a shape from its very border", () => {
  const store = new Store([polygon("a", [square(64, 64, 64)])]);
  for (const [x, y] of [[64, 64], [128, 128], [64, 128], [96, 128]]) {
    expect(store.meeting({ x0: x, y0: y, x1: x, y1: y }).size).toBe(1);
  }
  expect(store.meeting({ x0: 128.01, y0: 100, x1: 128.01, y1: 100 }).size).toBe(0);
});
