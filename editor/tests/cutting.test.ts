import { describe, expect, it, vi } from "vitest";
import { Changes } from "../src/changes";
import { makeCommands } from "../src/commands";
import { Cutter } from "../src/cut/cutter";
import { Mirror, type ToCutWorker } from "../src/cut/mirror";
import { packed, unpacked } from "../src/cut/packing";
import type { Session } from "../src/session";
import type { Settings } from "../src/settings";
import { intersection } from "../src/shapes/boolean";
import { areaOf, boxOf, ringsOf } from "../src/shapes/geometry";
import type { Shape } from "../src/shapes/types";
import { Driver, NO_WINDOWS } from "./driving";
import { polygon, random, square, stroke } from "./making";

const CUTTING = { permit_overlap: false, new_cuts_others: true };

/** The worker without a thread: it answers when it is told to, by what the real one runs. */
class FakeWorker {
  onmessage: (event: { data: unknown }) => void = () => {};
  onerror: () => void = () => {};
  readonly orders: ToCutWorker[] = [];
  isEnded = false;
  /** Its answers come shape by shape. */
  private readonly mirror = new Mirror(1);

  postMessage(message: ToCutWorker): void {
    const arrived = structuredClone(message);
    if (arrived.type === "order") this.orders.push(arrived);
    else this.mirror.hear(arrived);
  }

  terminate(): void {
    this.isEnded = true;
  }

  /** Answer the order that has waited longest, as soon as there is one. */
  async answer(): Promise<void> {
    while (!this.orders.length) await new Promise((done) => setTimeout(done));
    for (const data of this.mirror.hear(this.orders.shift()!)) this.onmessage({ data: structuredClone(data) });
  }
}

/** An editor that has all its work done by a worker, unless `most` corners are no work. */
function withWorker(shapes: Shape[] = [], task = {}, most = 0): { driver: Driver; worker: FakeWorker; started: () => number } {
  const driver = new Driver(shapes, task);
  const worker = new FakeWorker();
  let started = 0;
  const start = () => {
    started++;
    return worker as unknown as Worker;
  };
  Object.assign(driver.editor, { changes: new Changes(driver.editor, new Cutter(start, most)) });
  return { driver, worker, started: () => started };
}

const loop = (x: number, y: number, side: number): [number, number][] => [
  [x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y],
];
const two = () => [polygon("a", [square(10, 10, 40)], 1), polygon("b", [square(100, 10, 40)], 2)];
const boxes = (driver: Driver) => driver.shapes.map((shape) => boxOf(shape).x0);

describe("what a worker cuts", () => {
  it("is a sketch until it is done, and one step of the history then", async () => {
    const { driver, worker } = withWorker(two(), CUTTING);
    driver.use("freehand").drag(loop(30, 20, 100));
    expect(driver.shapes.length).toBe(2);
    expect(driver.editor.changes.isBusy).toBe(true);
    await worker.answer();
    expect(driver.editor.changes.isBusy).toBe(false);
    expect(driver.shapes.length).toBe(3);
    for (const old of driver.shapes.slice(0, 2)) {
      expect(areaOf(intersection(ringsOf(old), ringsOf(driver.shapes[2])))).toBeLessThan(0.6);
    }
    driver.editor.changes.undo();
    expect(driver.shapes).toEqual(two());
  });

  it("is only what would take long: a few corners are cut at once, and no worker is started for them", () => {
    const { driver, started } = withWorker(two(), CUTTING, 1000);
    driver.use("freehand").drag(loop(30, 20, 100));
    expect([driver.shapes.length, started()]).toEqual([3, 0]);
  });

  it("comes before whatever was asked for after it", async () => {
    const { driver, worker } = withWorker(two());
    driver.use("freehand").drag(loop(200, 10, 40)).drag(loop(300, 10, 40));
    driver.editor.changes.undo();
    const settled = driver.editor.changes.settled();
    expect(driver.shapes.length).toBe(2);
    await worker.answer();
    expect(driver.shapes.length).toBe(3);
    await worker.answer();
    await settled;
    expect([boxes(driver), driver.store.redoName]).toEqual([[10, 100, 200], "draw freehand"]);
  });

  it("is cut again when another window has changed the shapes meanwhile", async () => {
    const { driver, worker } = withWorker([], { permit_overlap: false });
    driver.use("freehand").drag(loop(30, 30, 100));
    driver.store.merge([{ id: "theirs", after: polygon("theirs", [square(80, 80, 100)]) }]);
    await worker.answer();
    expect(driver.shapes.length).toBe(1);
    await worker.answer();
    const [theirs, mine] = driver.shapes;
    expect(areaOf(intersection(ringsOf(theirs), ringsOf(mine)))).toBeLessThan(0.6);
    expect(areaOf(ringsOf(mine))).toBeCloseTo(7500, -1);
  });

  it("is kept in sight when it is refused, also when that is not known at once", async () => {
    const { driver, worker } = withWorker(two(), { permit_overlap: false });
    driver.use("freehand").drag(loop(15, 15, 20));
    expect(driver.editor.refused).toBeNull();
    await worker.answer();
    expect(driver.said.at(-1)).toContain("cover all");
    expect(driver.editor.refused).not.toBeNull();
  });

  it("gives a polygon its corners back when it is refused", async () => {
    const { driver, worker } = withWorker(two(), { permit_overlap: false });
    driver.use("polygon").click(15, 15).click(35, 15).click(35, 35);
    driver.tool.finish!();
    expect(driver.tool.isBusy).toBe(false);
    await worker.answer();
    expect([driver.tool.isBusy, driver.editor.refused]).toEqual([true, null]);
  });
});

describe("while a worker cuts", () => {
  it("a shape that was moved is where it was moved to, and can be moved on from there", async () => {
    const { driver, worker } = withWorker(two());
    driver.use("select").drag([[20, 20], [30, 30], [40, 20]]);
    expect(boxOf(driver.editor.moving.get("a")!).x0).toBe(30);
    driver.drag([[40, 20], [50, 30], [50, 20]]);
    await worker.answer();
    await worker.answer();
    expect(boxes(driver)).toEqual([40, 100]);
    expect(driver.editor.moving.size).toBe(0);
    driver.editor.changes.undo();
    expect(boxes(driver)).toEqual([30, 100]);
  });

  it("a command is about what was selected when it was given", async () => {
    const { driver, worker } = withWorker(two());
    driver.editor.select(["a"]);
    driver.use("freehand").drag(loop(200, 10, 40));
    driver.editor.select(["a"]);
    driver.editor.changes.inTurn(() => driver.editor.changes.deleteSelected());
    driver.editor.select(["b"]);
    await worker.answer();
    expect(boxes(driver)).toEqual([100, 200]);
    expect([...driver.editor.selection]).toEqual([]);
  });

  it("a corner is not pulled of a shape that has other corners by then", async () => {
    const { driver, worker } = withWorker(two(), CUTTING);
    driver.editor.select(["a"]);
    const pulled = polygon("a", [square(10, 10, 60)], 1);
    driver.use("freehand").drag(loop(30, 20, 100));
    driver.editor.changes.put("reshape", [two()[0]], [pulled]);
    await worker.answer();
    expect(driver.said.at(-1)).toContain("do it once more");
    expect(areaOf(ringsOf(driver.store.shapes.get("a")!))).toBeLessThan(1600);
  });

  describe("a corner that was meant", () => {
    /** Five corners, of which a stroke meanwhile cuts off the first two: the others are others by number. */
    const house = () => polygon("a", [[10, 10, 50, 10, 60, 40, 50, 60, 10, 60]], 1);
    const corners = ({ store }: Driver) => {
      const [ring] = ringsOf(store.shapes.get("a")!);
      return ring.flatMap((x, i) => (i % 2 ? [] : `${x},${ring[i + 1]}`)).sort();
    };
    const cutOff = ["10,20", "10,60", "50,60", "53.33,20", "60,40"];

    function whileCutting(shape: Shape = house()): { driver: Driver; finish: () => Promise<void> } {
      const { driver, worker } = withWorker([shape], CUTTING);
      driver.use("freehand").drag([[0, 0], [90, 0], [90, 20], [0, 20], [0, 0]]);
      driver.use("select").editor.select(["a"]);
      const finish = async () => {
        while (driver.editor.changes.isBusy) await worker.answer();
      };
      return { driver, finish };
    }
    const press = ({ editor }: Driver, id: string) =>
      makeCommands(editor, {} as Session, {} as Settings, NO_WINDOWS).find((one) => one.id === id)!.run();

    it("is the one that goes, of a shape that was changed", async () => {
      const { driver, finish } = whileCutting();
      driver.click(60, 40, { alt: true }).click(10, 60, { alt: true });
      await finish();
      expect(corners(driver)).toEqual(["10,20", "50,60", "53.33,20"]);
      expect(driver.said).toEqual([]);
    });

    it("is the one that keys move, however often, and that they delete", async () => {
      const { driver, finish } = whileCutting();
      driver.click(50, 60);
      for (const _ of "123") press(driver, "nudge-left");
      press(driver, "nudge-down");
      await finish();
      expect(corners(driver)).toEqual(["10,20", "10,60", "47,61", "53.33,20", "60,40"]);
      expect(driver.editor.vertices).toMatchObject([{ x: 47, y: 61 }]);
      driver.use("freehand").drag([[5, 55], [15, 55], [15, 70], [5, 70], [5, 55]]).use("select").editor.select(["a"]);
      driver.click(47, 61);
      press(driver, "delete");
      await finish();
      expect(corners(driver)).not.toContain("47,61");
      expect(corners(driver)).toContain("60,40");
      expect(driver.said).toEqual([]);
    });

    it.each(["delete", "nudge-left", null])("is not taken for another, when it was cut off (%s)", async (command) => {
      const { driver, finish } = whileCutting();
      driver.click(50, 10, { alt: !command });
      if (command) press(driver, command);
      await finish();
      expect(corners(driver)).toEqual(cutOff);
      expect(driver.said.at(-1)).toContain("do it once more");
      expect(driver.editor.vertices).toEqual([]);
    });

    it("is not deleted with its whole shape, because that is dragged since", async () => {
      const { driver, finish } = whileCutting();
      driver.click(60, 40);
      press(driver, "delete");
      driver.drag([[30, 30], [30, 40], [30, 50]]);
      await finish();
      expect(corners(driver)).toEqual(["10,40", "10,80", "50,80", "53.33,40"]);
    });

    it("is not pulled of the shape that was there when the pointer went down", async () => {
      const { driver, finish } = whileCutting();
      driver.tool.down(driver.pointer(60, 40));
      driver.tool.move(driver.pointer(80, 40), []);
      await finish();
      driver.tool.up(driver.pointer(90, 40));
      await finish();
      expect(corners(driver)).toEqual(cutOff);
      expect(driver.said.at(-1)).toContain("do it once more");
    });

    it("is the keypoint that is hidden, when one before it went", async () => {
      const points = [10, 30, 50].map((x) => ({ x, y: 60, visible: true }));
      const shape = { id: "a", kind: "points", z: 1, class: 2, geom: { points } } as unknown as Shape;
      const { driver, finish } = whileCutting(shape);
      driver.click(10, 60, { alt: true }).click(30, 60);
      press(driver, "occluded");
      await finish();
      const seen = driver.store.shapes.get("a")!.geom as { points: { x: number; visible: boolean }[] };
      expect(seen.points.map(({ x, visible }) => [x, visible])).toEqual([[30, false], [50, true]]);
    });
  });

  it("leaving the page finishes here and now, in order, and a late answer changes nothing", async () => {
    const { driver, worker } = withWorker(two(), CUTTING);
    driver.use("freehand").drag(loop(30, 20, 100)).drag(loop(200, 10, 40));
    while (!worker.orders.length) await new Promise((done) => setTimeout(done));
    driver.editor.changes.finishNow();
    expect([driver.shapes.length, driver.editor.changes.isBusy]).toEqual([4, false]);
    await worker.answer();
    expect([driver.shapes.length, driver.store.history.done.length]).toEqual([4, 2]);
  });

  it("its death loses nothing: the page goes on alone", async () => {
    const { driver, worker, started } = withWorker(two(), CUTTING);
    driver.use("freehand").drag(loop(30, 20, 100));
    while (!worker.orders.length) await new Promise((done) => setTimeout(done));
    worker.onerror();
    expect([driver.shapes.length, worker.isEnded]).toEqual([3, true]);
    driver.drag(loop(200, 10, 40));
    expect([driver.shapes.length, started()]).toEqual([4, 1]);
  });
});

describe("whatever goes wrong", () => {
  it("in cutting is told, what was drawn is kept in sight, and what comes after it gets its turn", async () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    const { driver, worker } = withWorker(two(), CUTTING);
    driver.use("freehand").drag(loop(30, 20, 100));
    while (!worker.orders.length) await new Promise((done) => setTimeout(done));
    const [order] = worker.orders;
    // No order of ours: both the worker and the page fail at it.
    Object.assign(order.type === "order" ? order.rules : {}, { ground: null });
    await worker.answer();
    expect([driver.shapes.length, driver.editor.changes.isBusy]).toEqual([2, false]);
    expect([driver.said.at(-1), driver.editor.refused?.outline.length]).toEqual([expect.stringContaining("fault"), 1]);
    driver.drag(loop(200, 10, 40));
    await worker.answer();
    expect(driver.shapes.length).toBe(3);
    expect(told).toHaveBeenCalledOnce();
    told.mockRestore();
  });

  it("with a worker that was ended without a word, the page does its work a moment later", async () => {
    vi.useFakeTimers();
    const { driver, worker } = withWorker(two(), CUTTING);
    driver.use("freehand").drag(loop(300, 10, 40));
    // Its script comes slowly.
    await vi.advanceTimersByTimeAsync(20_000);
    await worker.answer();
    expect(driver.shapes.length).toBe(3);
    driver.drag(loop(30, 20, 100)).drag(loop(200, 10, 40));
    await vi.advanceTimersByTimeAsync(2500);
    expect([driver.shapes.length, worker.isEnded]).toEqual([3, false]);
    await vi.advanceTimersByTimeAsync(1000);
    expect([driver.shapes.length, worker.isEnded]).toEqual([5, true]);
    vi.useRealTimers();
  });

  it("with a worker that has begun there is more time", async () => {
    vi.useFakeTimers();
    const { driver, worker } = withWorker(two(), CUTTING);
    driver.use("freehand").drag(loop(30, 20, 100));
    await vi.advanceTimersByTimeAsync(10);
    worker.onmessage({ data: "begun" });
    await vi.advanceTimersByTimeAsync(30_000);
    expect([driver.shapes.length, worker.isEnded]).toEqual([2, false]);
    await vi.advanceTimersByTimeAsync(271_000);
    expect([driver.shapes.length, worker.isEnded]).toEqual([3, true]);
    vi.useRealTimers();
  });
});

it("the page is told when something begins to be cut and when nothing is any more", async () => {
  const { driver, worker } = withWorker(two(), CUTTING);
  const { changes } = driver.editor;
  const told: boolean[] = [];
  changes.onBusy = () => told.push(changes.isBusy);
  driver.use("freehand").drag(loop(30, 20, 100));
  expect(told).toEqual([true]);
  await worker.answer();
  expect(told).toEqual([true, false]);
});

/** Gestures of a hand, the same for the same seed. None divides: the new pieces lie by their ids, which are chance. */
function* hand(seed: number): Generator<(driver: Driver) => void> {
  const chance = random(seed);
  for (let i = 0; i < 60; i++) {
    const what = chance();
    const ring = stroke(chance, 280, 12);
    const points = Array.from({ length: ring.length / 2 }, (_, k): [number, number] => [ring[2 * k], ring[2 * k + 1]]);
    const held = { shift: chance() < 0.3, alt: chance() < 0.2 };
    const tool = ["freehand", "brush", "eraser"][Math.floor(chance() * 3)];
    if (what < 0.2) yield ({ editor }) => editor.changes.undo();
    else if (what < 0.3) yield ({ editor }) => editor.changes.redo();
    else yield (driver) => driver.use(tool).drag(points, held);
  }
}

it.each([1, 2, 3, 4, 5, 6])("what a slow worker makes of a hand is what the page makes of it at once (seed %i)", async (seed) => {
  const page = new Driver([], CUTTING);
  const { driver, worker } = withWorker([], CUTTING);
  const chance = random(seed + 100);
  for (const gesture of hand(seed)) {
    gesture(page);
    gesture(driver);
    while (chance() < 0.4 && driver.editor.changes.isBusy) await worker.answer();
  }
  while (driver.editor.changes.isBusy) await worker.answer();
  const seen = ({ shapes }: Driver) => shapes.map(({ geom, z }) => JSON.stringify({ geom, z })).sort();
  expect(page.shapes.length).toBeGreaterThan(3);
  expect(seen(driver)).toEqual(seen(page));
  expect(driver.store.history.done.map(({ name }) => name)).toEqual(page.store.history.done.map(({ name }) => name));
});

it("an answer is the same when it comes packed, whatever it is about", () => {
  const line = { ...polygon("l", []), kind: "line", geom: { points: [0, 0.01, 9, 9] } } as Shape;
  const states = [
    { id: "holes", after: polygon("holes", [square(0, 0, 40), square(10.25, 10, 5)]) },
    { id: "gone", after: null },
    { id: "l", after: line },
    { id: "empty", after: polygon("empty", []) },
    { id: "last", after: polygon("last", [square(3, 3, 1)]) },
  ];
  expect(unpacked(structuredClone(packed(states)))).toEqual(states);
});
