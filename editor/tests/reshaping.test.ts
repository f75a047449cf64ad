import { beforeEach, describe, expect, it } from "vitest";
import { makeCommands } from "../src/commands";
import type { Session } from "../src/session";
import type { Settings } from "../src/settings";
import { resolved } from "../src/shapes/boolean";
import { areaOf, boxOf, ringsOf } from "../src/shapes/geometry";
import { handlesOf, withMovedVertices, withoutVertices } from "../src/shapes/handles";
import type { Shape } from "../src/shapes/types";
import { Driver, NO_WINDOWS } from "./driving";
import { polygon, random, square, stroke } from "./making";

let driver: Driver;

beforeEach(() => {
  driver = new Driver([
    polygon("a", [square(10, 10, 40)], 1),
    { ...polygon("b", [square(40, 20, 40)], 2), class: 2 },
    polygon("c", [square(200, 10, 60), square(220, 30, 20), square(300, 10, 10)], 3),
  ]);
});

function run(id: string): void {
  const command = makeCommands(driver.editor, {} as Session, {} as Settings, NO_WINDOWS).find((one) => one.id === id)!;
  expect(command.isEnabled(), id).toBe(true);
  command.run();
}

const areas = () => driver.shapes.map((shape) => Math.round(areaOf(resolved(ringsOf(shape)))));
const corners = (shape: Shape) => ringsOf(shape).flat().length / 2;

describe("merging", () => {
  it("makes one shape, of the class of the one that was selected first", () => {
    driver.editor.select(["b", "a"]);
    run("merge");
    expect(driver.shapes.map(({ id, class: label }) => [id, label])).toEqual([["b", 2], ["c", 1]]);
    expect(areas()[0]).toBe(1600 + 1600 - 300);
    driver.editor.changes.undo();
    expect(areas()).toEqual([1600, 1600, 3600 - 400 + 100]);
  });

  it("is refused in words for what has no area", () => {
    const line = { ...polygon("l", []), kind: "line", geom: { points: [0, 0, 9, 9] } } as Shape;
    driver.store.edit("", [{ id: "l", after: line }]);
    driver.editor.select(["a", "l"]);
    run("merge");
    expect(driver.said.at(-1)).toContain("at least two areas");
  });
});

describe("taking apart", () => {
  it("makes each part a shape; holes stay where they are", () => {
    driver.editor.select(["c"]);
    run("separate");
    // Pieces of the same order lie by their ids, which are chance.
    expect(areas().sort((a, b) => b - a)).toEqual([3200, 1600, 1600, 100]);
    expect(driver.editor.selection.size).toBe(2);
    run("merge");
    expect(areas()).toEqual([1600, 1600, 3300]);
  });

  it("fills holes", () => {
    driver.editor.select(["c"]);
    run("fill-holes");
    expect(areas()[2]).toBe(3700);
    run("fill-holes");
    expect(driver.said.at(-1)).toContain("no holes");
  });

  it("divides by a stroke what it goes through, as one step", () => {
    driver.use("split").drag([[0, 30], [190, 30]]);
    expect(areas().sort((a, b) => a - b)).toEqual([400, 800, 800, 1200, 3300]);
    driver.editor.changes.undo();
    expect(areas()).toEqual([1600, 1600, 3300]);
  });

  it("divides only what is selected, and selects the pieces", () => {
    driver.editor.select(["a"]);
    driver.use("split").drag([[0, 30], [190, 30]]);
    expect(areas()).toEqual([800, 800, 1600, 3300]);
    expect(driver.editor.selected.every((shape) => areaOf(ringsOf(shape)) === 800)).toBe(true);
  });

  it("says so when the stroke does not go through, and changes nothing", () => {
    driver.use("split").drag([[0, 30], [30, 30]]);
    expect(driver.said.at(-1)).toContain("from outside to outside");
    driver.drag([[0, 200], [300, 200]]);
    expect(driver.said.at(-1)).toContain("no shape to divide");
    expect(driver.store.undoName).toBeNull();
  });
});

describe("converting", () => {
  it("keeps class, order and attributes, and is one step for many", () => {
    driver.editor.select(["a", "b"]);
    run("to-rectangle");
    expect(driver.shapes.map(({ kind }) => kind)).toEqual(["rect", "rect", "polygon"]);
    expect(driver.shapes[1]).toMatchObject({ id: "b", class: 2, z: 2 });
    run("to-ellipse");
    run("to-line");
    expect(driver.shapes.map(({ kind }) => kind)).toEqual(["line", "line", "polygon"]);
    for (let i = 0; i < 3; i++) driver.editor.changes.undo();
    expect(areas()).toEqual([1600, 1600, 3300]);
  });

  it("to what the task does not draw is refused in words", () => {
    for (const name of ["circle", "ellipse"]) driver.editor.tools.delete(name);
    driver.editor.select(["a"]);
    run("to-ellipse");
    expect(driver.said.at(-1)).toBe("This task has no circles.");
    expect(driver.shapes[0].kind).toBe("polygon");
  });
});

describe("many corners", () => {
  it("are chosen by a band with Alt, dragged together, and deleted together", () => {
    driver.editor.select(["a"]);
    driver.drag([[0, 0], [60, 15]], { alt: true });
    expect(driver.editor.vertices).toHaveLength(2);
    driver.drag([[10, 10], [15, 0], [15, 5]]);
    expect(boxOf(driver.shapes[0])).toEqual({ x0: 10, y0: 5, x1: 55, y1: 50 });
    expect(areas()[0]).toBe(1800);
    expect(driver.editor.vertices).toHaveLength(2);
    driver.editor.changes.undo();
    driver.editor.select(["a"]);
    driver.drag([[0, 0], [30, 15]], { alt: true });
    run("delete");
    expect(areas()[0]).toBe(800);
  });

  it("are added to the choice, and taken from it, by Shift", () => {
    driver.editor.select(["a"]);
    driver.click(10, 10).click(50, 10, { shift: true }).click(10, 10, { shift: true });
    expect(driver.editor.vertices).toEqual([{ ring: 0, index: 2, x: 50, y: 10 }]);
  });

  it("go with the arrow keys, and not out of the image", () => {
    driver.editor.select(["a"]);
    driver.drag([[0, 0], [30, 60]], { alt: true });
    run("push-left");
    run("push-left");
    expect(boxOf(driver.shapes[0])).toEqual({ x0: 0, y0: 10, x1: 50, y1: 50 });
  });

  it("move and go as they would one by one", () => {
    const chance = random(4);
    for (let i = 0; i < 50; i++) {
      const shape = polygon("s", [stroke(chance, 100, 12), stroke(chance, 100, 5)]);
      const all = handlesOf(shape).map(({ vertex }) => vertex!);
      const some = all.filter(() => chance() < 0.4);
      const moved = withMovedVertices(shape, some, 3, 4);
      expect(withMovedVertices(moved, some, -3, -4)).toEqual(shape);
      const left = withoutVertices(shape, some);
      const kept = [0, 1].map((ring) => (ring ? 5 : 12) - some.filter((one) => one.ring === ring).length);
      expect(left ? corners(left) : 0).toBe(kept.reduce((sum, n) => sum + (n < 3 ? 0 : n), 0));
    }
  });
});

describe("a rectangle of a class without polygons", () => {
  const box = { ...polygon("r", [], 1), kind: "rect", geom: { cx: 50, cy: 50, w: 60, h: 40, angle: 0 } } as Shape;
  const loop: [number, number][] = [[60, 60], [120, 60], [120, 90], [60, 90], [60, 60]];

  function boxed(tools: string[] | null): Driver {
    const none = { points: [], edges: [] };
    const classes = [{ id: 1, name: "House", color: "#e6194b", archived: false, skeleton: none, tools }];
    return new Driver([box], { classes } as never);
  }
  const ways: [string, (one: Driver) => void][] = [
    ["rubbed out", (one) => one.use("eraser").drag([[20, 50], [80, 50]])],
    ["taken from", (one) => one.use("brush").drag(loop, { alt: true })],
    ["added to", (one) => one.use("brush").drag(loop, { shift: true })],
    ["divided", (one) => one.use("split").drag([[50, 10], [50, 90]])],
  ];

  it.each(ways)("is not %s, and it is said why: the server would refuse it", (_, act) => {
    const strict = boxed(["rectangle"]);
    // As if the tool had been in hand when the class was chosen.
    strict.editor.fits = () => true;
    act(strict);
    expect(strict.shapes).toEqual([box]);
    expect(strict.said.at(-1)).toBe("The class House has no polygons.");
    const free = boxed(null);
    act(free);
    expect(free.shapes.every(({ kind }) => kind === "polygon")).toBe(true);
  });
});

it("what would have more corners than the server takes is refused in words", () => {
  const round = (x: number): number[] =>
    Array.from({ length: 24_000 }, (_, i) => (i % 2 ? 150 + 90 * Math.sin((i - 1) / 3820) : x + 90 * Math.cos(i / 3820)));
  const lone = new Driver([polygon("a", [round(100)], 1), polygon("b", [round(290)], 2)]);
  lone.editor.changes.carryOut({ order: () => ({ act: "merge", chosen: ["a", "b"] }) });
  expect(lone.shapes).toHaveLength(2);
  expect(lone.said.at(-1)).toMatch(/^That would have 2\d,\d+ corners; a shape has at most 20,000\./);
});
