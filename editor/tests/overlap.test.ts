import { describe, expect, it } from "vitest";
import { intersection, resolved } from "../src/shapes/boolean";
import { areaOf, boxOf, ringsOf } from "../src/shapes/geometry";
import { snapped } from "../src/snapping";
import type { Ring, Shape } from "../src/shapes/types";
import { Driver } from "./driving";
import { distanceToEdges, polygon, random, raster, square, stroke } from "./making";

const SIZE = 120;
const FORBIDDEN = { permit_overlap: false };
const CUTTING = { permit_overlap: false, new_cuts_others: true };

const circle = (id: string, cx: number, cy: number, r: number): Shape =>
  ({ ...polygon(id, []), kind: "ellipse", geom: { cx, cy, rx: r, ry: r, angle: 0 } }) as Shape;

const area = (shape: Shape) => areaOf(resolved(ringsOf(shape)));
const byId = (driver: Driver, id: string) => driver.store.shapes.get(id)!;

function expectNoOverlap(shapes: readonly Shape[]): void {
  shapes.forEach((a, i) =>
    shapes.slice(i + 1).forEach((b) => expect(areaOf(intersection(ringsOf(a), ringsOf(b)))).toBeLessThan(0.6)),
  );
}

/** How many pixels each connected patch of one id has. */
function patches(ids: (string | null)[]): number[] {
  const left = [...ids];
  const sizes: number[] = [];
  left.forEach((id, start) => {
    if (id === null || left[start] === null) return;
    const stack = [start];
    let size = 0;
    while (stack.length) {
      const i = stack.pop()!;
      if (left[i] !== id) continue;
      left[i] = null;
      size++;
      stack.push(i - 1, i + 1, i - SIZE, i + SIZE);
    }
    sizes.push(size);
  });
  return sizes;
}

describe.each([
  ["is cut by those that are there", FORBIDDEN, "first"],
  ["cuts those that are there", CUTTING, "last"],
])("where overlap is forbidden, a new shape %s", (_, task, winner) => {
  it.each([1, 2, 3, 4, 5, 6])("so each pixel is of who has it by the rule (seed %i)", (seed) => {
    const chance = random(seed);
    const driver = new Driver([], task);
    const drawn: [string, Ring[]][] = [];
    for (let i = 0; i < 12; i++) {
      const rings = resolved([stroke(chance, SIZE)]);
      if (!driver.add(polygon(`s${i}`, rings, i)).length) continue;
      drawn.push([`s${i}`, rings]);
    }
    expectNoOverlap(driver.shapes);
    // The oracle: who drew over the pixel, by rasters of what was drawn.
    const owner = new Array<string | null>(SIZE * SIZE).fill(null);
    for (const [id, rings] of drawn) {
      raster(rings, SIZE, "evenodd").forEach((is, i) => {
        if (is && (winner === "last" || owner[i] === null)) owner[i] = id;
      });
    }
    const got = new Array<string | null>(SIZE * SIZE).fill(null);
    for (const shape of driver.shapes) raster(ringsOf(shape), SIZE, "evenodd").forEach((is, i) => is && (got[i] = shape.id));
    const edges = drawn.flatMap(([, rings]) => rings);
    const isNear = (i: number) => distanceToEdges(edges, (i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5) < 0.03;
    const wrong = owner.map((id, i) => (got[i] !== id && !isNear(i) ? id : null));
    // Crumbs of less than four square pixels are let go, so they are nobody's, or a later one's.
    expect(Math.max(0, ...patches(wrong))).toBeLessThan(7);
  });

  it("also a circle and a rectangle, and lines and points are left alone", () => {
    const line = { ...polygon("l", []), kind: "line", geom: { points: [0, 50, 120, 50] } } as Shape;
    const driver = new Driver([], task);
    driver.add(circle("c", 50, 50, 30), line);
    driver.use("rectangle").drag([[40, 40], [100, 60]]);
    expectNoOverlap(driver.shapes);
    const kinds = driver.shapes.map(({ kind }) => kind).sort();
    expect(kinds).toEqual(winner === "last" ? ["line", "polygon", "rect"] : ["ellipse", "line", "polygon"]);
    driver.editor.changes.undo();
    expect(driver.shapes.map(({ kind }) => kind).sort()).toEqual(["ellipse", "line"]);
  });
});

describe("a shape that cuts the others", () => {
  it("shares its border with what is left of them, corner for corner", () => {
    const driver = new Driver([polygon("a", [square(0, 0, 60)])], CUTTING);
    driver.add(polygon("b", [[30, 10, 90, 20, 80, 50, 40, 40]], 2));
    const corners = (shape: Shape) => new Set(ringsOf(shape).flatMap((ring) => ring.flatMap((x, i) => (i % 2 ? [] : [`${x} ${ring[i + 1]}`]))));
    const [left, right] = ["a", "b"].map((id) => corners(byId(driver, id)));
    expect([...right].filter((corner) => left.has(corner))).toEqual(["30 10", "40 40"]);
    expect(area(byId(driver, "b"))).toBe(area(polygon("x", [[30, 10, 90, 20, 80, 50, 40, 40]])));
  });

  it("says so when one vanished under it, and undo brings that back", () => {
    const driver = new Driver([polygon("a", [square(20, 20, 10)])], CUTTING);
    driver.add(polygon("b", [square(0, 0, 60)], 2));
    expect(driver.shapes.map(({ id }) => id)).toEqual(["b"]);
    expect(driver.said.at(-1)).toContain("covered altogether");
    driver.editor.changes.undo();
    expect(driver.shapes.map(({ id }) => id)).toEqual(["a"]);
  });

  it("is cut by what is locked", () => {
    const driver = new Driver([polygon("a", [square(0, 0, 40)])], CUTTING);
    driver.editor.marks!.toggle("locked", ["a"]);
    driver.add(polygon("b", [square(20, 20, 40)], 2));
    expect([area(byId(driver, "a")), area(byId(driver, "b"))]).toEqual([1600, 1200]);
    driver.editor.marks!.toggle("locked", ["a"]);
  });

  it("cuts them when it is moved or grows, too", () => {
    const driver = new Driver([polygon("a", [square(0, 0, 40)]), polygon("b", [square(100, 0, 40)], 2)], CUTTING);
    driver.drag([[120, 20], [110, 20], [40, 20]]);
    expect([area(byId(driver, "a")), area(byId(driver, "b"))]).toEqual([800, 1600]);
    driver.use("brush");
    driver.editor.brushRadius = 10;
    driver.drag([[50, 20], [5, 20]], { shift: true });
    expectNoOverlap(driver.shapes);
    expect(area(byId(driver, "b"))).toBeGreaterThan(1600);
    expect(area(byId(driver, "a"))).toBeLessThan(700);
  });

  it("is refused where it would make polygons that the task has not", () => {
    const driver = new Driver([{ ...polygon("a", []), kind: "rect", geom: { cx: 20, cy: 20, w: 40, h: 40, angle: 0 } } as Shape], CUTTING);
    for (const name of ["polygon", "freehand", "brush", "eraser"]) driver.editor.tools.delete(name);
    driver.use("rectangle").drag([[30, 30], [80, 80]]);
    expect(driver.said.at(-1)).toContain("must not overlap");
    expect(driver.shapes).toHaveLength(1);
  });
});

describe("filling a gap", () => {
  it("makes a shape with the borders of its neighbours", () => {
    const driver = new Driver([polygon("a", [square(100, 100, 60), square(110, 110, 40)]), circle("c", 130, 130, 10)], FORBIDDEN);
    driver.use("fill").click(112, 112);
    expect(driver.shapes).toHaveLength(3);
    const filled = driver.shapes[2];
    expect(area(filled)).toBeCloseTo(1600 - area(byId(driver, "c")), 0);
    expectNoOverlap(driver.shapes);
    driver.click(130, 130);
    expect(driver.said.at(-1)).toContain("A shape covers that");
  });

  it("reaches the border of the image where nothing is between, and adds to a selected shape", () => {
    const driver = new Driver([polygon("a", [square(0, 0, 100)])]);
    driver.editor.select(["a"]);
    driver.use("fill").click(300, 200, { shift: true });
    expect(driver.shapes.map(area)).toEqual([400 * 300]);
  });
});

describe("snapping", () => {
  const shapes = [polygon("a", [square(100, 100, 50)])];
  const image = { width: 400, height: 300 };

  it("goes to the nearest corner, else to the nearest edge, else nowhere", () => {
    expect(snapped({ x: 97, y: 104 }, shapes, image, 12)).toEqual({ x: 100, y: 100, to: "corner" });
    expect(snapped({ x: 97, y: 125 }, shapes, image, 12)).toEqual({ x: 100, y: 125, to: "edge" });
    expect(snapped({ x: 70, y: 125 }, shapes, image, 12)).toBeNull();
    expect(snapped({ x: 395, y: 125 }, shapes, image, 12)).toEqual({ x: 400, y: 125, to: "edge" });
  });

  it("gives a drawn corner the very place of its neighbour's, while the key is held", () => {
    const driver = new Driver(shapes).use("rectangle");
    const { editor } = driver;
    editor.snaps = true;
    const at = (x: number, y: number): [number, number] => {
      const point = editor.placed({ x, y });
      return [point.x, point.y];
    };
    driver.drag([at(153, 148), at(220, 190)]);
    expect(boxOf(driver.shapes[1])).toEqual({ x0: 150, y0: 150, x1: 220, y1: 190 });
    editor.snaps = false;
    expect(at(153, 148)).toEqual([153, 148]);
  });

  it("does not hold a corner to the shape that it belongs to", () => {
    const driver = new Driver(shapes).use("select");
    driver.editor.select(["a"]);
    driver.editor.snaps = true;
    driver.tool.down(driver.pointer(100, 100));
    expect(driver.editor.placed({ x: 104, y: 104 })).toEqual({ x: 104, y: 104 });
  });
});
