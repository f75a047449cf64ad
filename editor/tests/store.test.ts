import { describe, expect, it } from "vitest";
import { Store } from "../src/shapes/store";
import { moved } from "../src/shapes/geometry";
import type { Shape } from "../src/shapes/types";
import { polygon, random, square } from "./making";

const shape = (id: string, z = 1): Shape => polygon(id, [square(0, 0, 10)], z);
const contents = (store: Store): string => JSON.stringify(store.inOrder());

describe("the history", () => {
  it("undoes and redoes any random session to the last digit", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const chance = random(seed);
      const store = new Store([shape("first")]);
      const states = [contents(store)];
      for (let i = 0; i < 40; i++) {
        const ids = [...store.shapes.keys()];
        const id = ids[Math.floor(chance() * ids.length)];
        const action = chance();
        if (action < 0.4 || !id) store.edit("draw", [{ id: `${i}`, after: shape(`${i}`, store.nextZ) }]);
        else if (action < 0.8) store.edit("move", [{ id, after: moved(store.shapes.get(id)!, 1.25, -2) }]);
        else store.edit("delete", [{ id, after: null }]);
        states.push(contents(store));
      }
      for (let i = states.length - 2; i >= 0; i--) {
        store.undo();
        expect(contents(store)).toBe(states[i]);
      }
      expect(store.undo()).toBeNull();
      for (let i = 1; i < states.length; i++) {
        store.redo();
        expect(contents(store)).toBe(states[i]);
      }
    }
  });

  it("takes several shapes as one entry", () => {
    const store = new Store([shape("a"), shape("b")]);
    store.edit("delete", [{ id: "a", after: null }, { id: "b", after: null }]);
    expect(store.shapes.size).toBe(0);
    store.undo();
    expect([...store.shapes.keys()].sort()).toEqual(["a", "b"]);
    expect(store.undo()).toBeNull();
  });

  it("forgets what could be redone when something new is drawn", () => {
    const store = new Store();
    store.edit("draw", [{ id: "a", after: shape("a") }]);
    store.undo();
    store.edit("draw", [{ id: "b", after: shape("b") }]);
    expect(store.redo()).toBeNull();
  });

  it("has no entry for an edit that changes nothing", () => {
    const store = new Store([shape("a")]);
    let calls = 0;
    store.onChange(() => calls++);
    store.edit("move", [{ id: "a", after: moved(shape("a"), 0, 0) }]);
    expect(store.undoName).toBeNull();
    expect(calls).toBe(0);
  });

  it("keeps the order of drawing over delete and undo", () => {
    const store = new Store([shape("a", 1), shape("b", 2), shape("c", 3)]);
    store.edit("delete", [{ id: "b", after: null }]);
    store.undo();
    expect(store.inOrder().map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("cannot undo over a state that came from the server", () => {
    const store = new Store([shape("a"), shape("b")]);
    store.edit("move", [{ id: "a", after: moved(shape("a"), 5, 5) }]);
    store.edit("move", [{ id: "b", after: moved(shape("b"), 5, 5) }]);
    const theirs = moved(shape("a"), 9, 9);
    store.merge([{ id: "a", after: theirs }]);
    expect(store.undo()?.changes[0].id).toBe("b");
    expect(store.undo()).toBeNull();
    expect(store.shapes.get("a")).toBe(theirs);
  });
});
