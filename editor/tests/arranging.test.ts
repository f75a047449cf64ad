import { beforeEach, describe, expect, it } from "vitest";
import { classed } from "../src/clipboard";
import { copiesOf } from "../src/cut/reshaping";
import { makeCommands } from "../src/commands";
import type { TaskData } from "../src/save/api";
import type { Session } from "../src/session";
import type { Settings } from "../src/settings";
import { areaOf, boxOf, ringsOf } from "../src/shapes/geometry";
import type { Shape } from "../src/shapes/types";
import { Driver, NO_WINDOWS } from "./driving";
import { ground, polygon, square } from "./making";

let driver: Driver;

beforeEach(() => {
  driver = new Driver([
    polygon("a", [square(10, 10, 40)], 1),
    polygon("b", [square(100, 10, 40)], 2),
    polygon("c", [square(200, 10, 40)], 3),
  ]);
});

function run(id: string): void {
  const session = { hasPrevious: false } as Session;
  const command = makeCommands(driver.editor, session, {} as Settings, NO_WINDOWS).find((one) => one.id === id)!;
  expect(command.isEnabled(), id).toBe(true);
  command.run();
}

const order = () => driver.shapes.map(({ id }) => id).join("");

describe("many selected shapes", () => {
  it("come to the front or go to the back in their own order, as one step", () => {
    driver.editor.select(["b", "a"]);
    run("to-front");
    expect(order()).toBe("cab");
    driver.editor.changes.undo();
    expect(order()).toBe("abc");
    driver.editor.select(["c", "b"]);
    run("to-back");
    expect(order()).toBe("bca");
    run("to-back");
    expect(driver.said.at(-1)).toContain("at the back already");
  });

  it("take another class together", () => {
    driver.editor.select(["a", "c"]);
    driver.editor.setClass(2);
    expect(driver.shapes.map((shape) => shape.class)).toEqual([2, 1, 2]);
    driver.editor.changes.undo();
    expect(driver.shapes.map((shape) => shape.class)).toEqual([1, 1, 1]);
  });

  it("are moved together, and stop together at the border", () => {
    driver.editor.select(["a", "b"]);
    run("push-left");
    run("push-left");
    expect(driver.shapes.map((shape) => boxOf(shape).x0)).toEqual([0, 90, 200]);
    driver.drag([[20, 20], [25, 25], [120, 300]]);
    expect(driver.shapes.map((shape) => boxOf(shape).y1)).toEqual([300, 300, 50]);
  });

  it("are chosen by a band, also from a shape on, and more with a second band", () => {
    driver.drag([[15, 15], [60, 60]], { shift: true });
    expect([...driver.editor.selection]).toEqual(["a"]);
    driver.drag([[190, 5], [260, 60]], { shift: true });
    expect([...driver.editor.selection]).toEqual(["a", "c"]);
  });
});

describe("copies", () => {
  it("lie beside what was copied, in front, and are selected", () => {
    driver.editor.select(["a", "b"]);
    run("duplicate");
    expect(driver.shapes).toHaveLength(5);
    const copies = driver.shapes.slice(3);
    expect(copies.map((shape) => boxOf(shape).x0)).toEqual([22, 112]);
    expect([...driver.editor.selection]).toEqual(copies.map(({ id }) => id));
    driver.editor.changes.undo();
    expect(order()).toBe("abc");
  });

  it("are pasted as often as one likes, also after what was copied is gone", () => {
    driver.editor.select(["a"]);
    run("cut");
    run("paste");
    run("paste");
    expect(driver.shapes).toHaveLength(4);
    expect(areaOf(ringsOf(driver.shapes.at(-1)!))).toBe(1600);
  });

  it("stay inside a smaller image, and get the class of the same name in another task", () => {
    const task = { classes: [{ id: 7, name: "House", archived: false }] } as TaskData;
    const rules = { ground: ground(100, 45), locked: new Set<string>(), hidden: new Set<string>() };
    const world = { shapes: new Map(), inOrder: () => [], rules };
    const named = [{ ...polygon("x", [square(300, 20, 40)]), className: "House" }];
    const made = classed(named, task, null);
    const shapes = copiesOf(made.shapes, { x: 0, y: 0, z: 9 }, world);
    expect(made.unknown).toEqual([]);
    expect(shapes[0]).toMatchObject({ class: 7, z: 9 });
    expect(boxOf(shapes[0])).toEqual({ x0: 60, y0: 5, x1: 100, y1: 45 });
    expect(shapes[0].id).not.toBe("x");
  });

  it("of unknown classes become the active one, which is said", () => {
    const named = [{ ...polygon("x", [square(0, 0, 40)]), className: "Boat" }];
    const { shapes, unknown } = classed(named, driver.editor.task!, 2);
    expect([shapes[0].class, unknown]).toEqual([2, ["Boat"]]);
  });

  it("that the task cannot take are left out in words, the others are added", () => {
    driver.editor.tools.delete("polyline");
    const line = { ...polygon("l", []), kind: "line", geom: { points: [0, 0, 9, 9] } } as Shape;
    const added = driver.add(line, polygon("d", [square(10, 100, 20)], 4));
    expect(added).toEqual(["d"]);
    expect(driver.said.at(-1)).toBe("1 of 2 shapes are left out. This task has no lines.");
  });
});

describe("locked shapes", () => {
  beforeEach(() => {
    driver.editor.select(["a"]);
    run("lock");
    driver.editor.select([]);
  });

  it("are not taken hold of, neither by a click nor by a band", () => {
    driver.click(20, 20);
    expect(driver.editor.selection.size).toBe(0);
    driver.drag([[5, 5], [160, 60]], { shift: true });
    expect([...driver.editor.selection]).toEqual(["b"]);
  });

  it("are not changed: neither deleted, moved, rubbed out, nor given another class", () => {
    const before = driver.shapes[0];
    driver.editor.select(["a"]);
    run("delete");
    run("nudge-left");
    driver.editor.setClass(2);
    driver.editor.select([]);
    driver.use("eraser").drag([[0, 30], [160, 30]]);
    expect(driver.said).toContain("A locked shape cannot be changed: unlock it first.");
    expect(driver.store.shapes.get("a")).toBe(before);
    expect(areaOf(ringsOf(driver.store.shapes.get("b")!))).toBeLessThan(1000);
  });

  it("are free again when they are unlocked", () => {
    driver.editor.select(["a"]);
    run("lock");
    run("delete");
    expect(order()).toBe("bc");
  });
});

describe("hidden shapes", () => {
  it("are out of the way until they are shown again", () => {
    driver.editor.select(["a"]);
    run("hide-selected");
    expect(driver.editor.selection.size).toBe(0);
    driver.click(20, 20);
    expect(driver.editor.selection.size).toBe(0);
    run("next-shape");
    expect([...driver.editor.selection]).toEqual(["b"]);
    run("show-all");
    driver.click(20, 20);
    expect([...driver.editor.selection]).toEqual(["a"]);
  });
});
