import { describe, expect, it } from "vitest";
import { fitting, shortened } from "../src/save/undo";
import { moved } from "../src/shapes/geometry";
import { Store } from "../src/shapes/store";
import type { Shape } from "../src/shapes/types";
import { polygon, square } from "./making";

const shape = (id: string, x = 0): Shape => polygon(id, [square(x, 0, 10)]);
const names = (edits: readonly { name: string }[]) => edits.map(({ name }) => name);

function worked(): Store {
  const store = new Store();
  store.edit("draw a", [{ id: "a", after: shape("a") }]);
  store.edit("draw b", [{ id: "b", after: shape("b") }]);
  store.edit("move a", [{ id: "a", after: moved(shape("a"), 5, 5) }]);
  store.edit("move b", [{ id: "b", after: moved(shape("b"), 5, 5) }]);
  store.undo();
  return store;
}

/** The same shapes as another page gets them. */
const reloaded = (store: Store): Store => new Store(structuredClone([...store.shapes.values()]));

describe("undo after a reload", () => {
  it("goes on where it was, back and forth", () => {
    const before = worked();
    const after = reloaded(before);
    const { done, undone } = fitting(after.shapes, structuredClone(before.history));
    expect(names(done)).toEqual(["draw a", "draw b", "move a"]);
    expect(names(undone)).toEqual(["move b"]);
    after.recall(done, undone);
    after.redo();
    while (after.undo());
    expect(after.shapes.size).toBe(0);
  });

  it("ends at what somebody else changed meanwhile", () => {
    const before = worked();
    const after = reloaded(before);
    after.merge([{ id: "b", after: shape("b", 70) }]);
    const { done, undone } = fitting(after.shapes, before.history);
    expect(names(done)).toEqual(["move a"]);
    expect(names(undone)).toEqual([]);
    after.merge([{ id: "a", after: null }]);
    expect(names(fitting(after.shapes, before.history).done)).toEqual([]);
  });

  it("keeps the newest of what is too much", () => {
    const store = new Store();
    for (let n = 0; n < 300; n++) store.edit(`draw ${n}`, [{ id: `${n}`, after: shape(`${n}`) }]);
    const { done } = shortened(store.history);
    expect([done.length, done.at(-1)!.name]).toEqual([200, "draw 299"]);
    const ring = Array.from({ length: 120_000 }, (_, i) => i);
    store.edit("huge", [{ id: "huge", after: polygon("huge", [ring]) }]);
    expect(shortened(store.history).done).toEqual([]);
  });
});
