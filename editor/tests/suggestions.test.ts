import { describe, expect, it } from "vitest";
import type { Suggestion } from "../src/save/api";
import { Driver } from "./driving";
import { polygon, square } from "./making";

const suggestion = (id: string, x: number, more: Partial<Suggestion> = {}): Suggestion => {
  const { z: _, ...shape } = polygon(id, [square(x, 0, 10)]);
  return { ...shape, model: "Roofs 1", score: 0.5, rejected: false, latest: null, ...more } as Suggestion;
};

function driver(...suggestions: Suggestion[]): Driver {
  const made = new Driver();
  made.editor.document!.data.suggestions = suggestions;
  return made;
}

const three = () => driver(suggestion("a", 0), suggestion("b", 50), suggestion("c", 100));
const waiting = ({ editor }: Driver) => editor.suggestions.waiting.map(({ id }) => id);

describe("suggestions", () => {
  it("become shapes of the same id when they are accepted, and wait again when that is undone", () => {
    const made = three();
    const { suggestions } = made.editor;
    suggestions.step(1);
    suggestions.accept([suggestions.current!]);
    expect(made.shapes.map(({ id }) => id)).toEqual(["a"]);
    expect([waiting(made), suggestions.current?.id]).toEqual([["b", "c"], "b"]);
    made.editor.changes.undo();
    expect([made.shapes.length, waiting(made)]).toEqual([0, ["a", "b", "c"]]);
    made.editor.changes.redo();
    expect(waiting(made)).toEqual(["b", "c"]);
  });

  it("are rejected, singly and all, and come back by undo", () => {
    const made = three();
    const { suggestions } = made.editor;
    suggestions.reject([suggestions.waiting[1]]);
    expect([waiting(made), suggestions.current?.id]).toEqual([["a", "c"], "c"]);
    suggestions.reject(suggestions.waiting);
    expect([waiting(made), [...made.store.rejected].sort()]).toEqual([[], ["a", "b", "c"]]);
    made.editor.changes.undo();
    expect(waiting(made)).toEqual(["a", "c"]);
    made.editor.changes.undo();
    expect([waiting(made), made.store.rejected.size]).toEqual([["a", "b", "c"], 0]);
    made.editor.changes.redo();
    expect(waiting(made)).toEqual(["a", "c"]);
  });

  it("are accepted all at once, as one step", () => {
    const made = three();
    made.editor.suggestions.accept(made.editor.suggestions.waiting);
    expect([made.shapes.length, made.store.undoName]).toEqual([3, "accept 3 suggestions"]);
    made.editor.changes.undo();
    expect(made.shapes.length).toBe(0);
  });

  it("are stepped through in a circle, and found under a point", () => {
    const made = three();
    const { suggestions } = made.editor;
    const seen = [1, 1, 1, 1, -1].map((by) => (suggestions.step(by), suggestions.current?.id));
    expect(seen).toEqual(["a", "b", "c", "a", "c"]);
    expect(suggestions.at({ x: 55, y: 5 })?.id).toBe("b");
    expect(suggestions.at({ x: 200, y: 5 })).toBeNull();
  });

  it("are taken hold of to be corrected", () => {
    const made = three();
    made.use("polygon");
    made.editor.suggestions.correct(made.editor.suggestions.waiting[1]);
    expect([made.tool.name, [...made.editor.selection]]).toEqual(["select", ["b"]]);
  });

  it("stay where the task has no such shapes, and say so", () => {
    const made = three();
    made.editor.tools = new Map([["select", made.tool]]);
    made.editor.suggestions.accept(made.editor.suggestions.waiting);
    expect(waiting(made)).toEqual(["a", "b", "c"]);
    expect(made.said.join()).toContain("polygons");
  });
});
