import { describe, expect, it } from "vitest";
import { makeCommands } from "../src/commands";
import type { KeptHalfDrawn } from "../src/save/journal";
import type { Session } from "../src/session";
import type { Settings } from "../src/settings";
import type { Shape } from "../src/shapes/types";
import { drawAgain } from "../src/tools/areas";
import type { KeypointsTool } from "../src/tools/keypoints";
import { Unfinished } from "../src/unfinished";
import { Driver, FACE, NO_WINDOWS } from "./driving";
import { polygon, square } from "./making";

/** What is kept of a page, as the browser's storage gives it back. */
function keptOf(driver: Driver): KeptHalfDrawn | null {
  let kept: KeptHalfDrawn | null = null;
  const halfDrawn = { keep: (one: KeptHalfDrawn | null) => (kept = one) };
  Object.assign(driver.editor.document!, { halfDrawn });
  new Unfinished(driver.editor).note();
  return structuredClone(kept);
}

/** The label opened once more, after a page that is gone; returns whether what that left is forgotten now. */
async function goOn(left: KeptHalfDrawn[], after: Driver): Promise<boolean[]> {
  const forgotten = left.map(() => false);
  const halfDrawn = { keep: () => undefined, written: async () => undefined, isUnkept: false };
  Object.assign(after.editor.document!, { halfDrawn });
  const all = left.map((kept, i) => ({ kept, forget: async () => void (forgotten[i] = true) }));
  await new Unfinished(after.editor).bringBack(all);
  return forgotten;
}

async function reopened(before: Driver, after = new Driver(structuredClone([...before.shapes]))): Promise<Driver> {
  expect(await goOn([keptOf(before)!], after)).toEqual([true]);
  return after;
}

const rings = (shape: Shape) => (shape.geom as { rings: number[][] }).rings;

describe("what is half drawn when the page goes", () => {
  it("goes on with a polygon in its class, corners back and forth as before", async () => {
    const before = new Driver().use("polygon");
    before.editor.activeClass = 2;
    before.click(50, 50).click(90, 50).click(90, 90).click(50, 90);
    before.editor.changes.undo();
    const after = await reopened(before);
    expect(after.said).toEqual(["What you had begun to draw is back. Enter finishes it, Esc drops it."]);
    expect([after.tool.name, after.editor.activeClass]).toEqual(["polygon", 2]);
    after.editor.changes.redo();
    after.editor.changes.undo();
    after.editor.changes.undo();
    after.click(70, 120);
    after.tool.finish!();
    expect(after.shapes.map((shape) => [shape.class, rings(shape)])).toEqual([[2, [[50, 50, 90, 50, 70, 120]]]]);
  });

  it("goes on with a line, and with the side of a rotated rectangle that waits beside it", async () => {
    const before = new Driver().use("rotated_rectangle").drag([[50, 50], [150, 50]]).use("polyline");
    before.click(200, 200).click(250, 200);
    const after = await reopened(before);
    expect(after.tool.name).toBe("polyline");
    after.tool.finish!();
    after.use("rotated_rectangle").click(100, 90);
    expect(after.shapes.map(({ kind, geom }) => [kind, geom])).toEqual([
      ["line", { points: [200, 200, 250, 200] }],
      ["rect", expect.objectContaining({ cx: 100, cy: 70, w: 100, h: 40 })],
    ]);
  });

  it("goes on with keypoints, also of a shape that is completed", async () => {
    const nose = { name: "nose", x: 100, y: 80, visible: true };
    const face = { id: "face", class: 2, z: 1, attrs: {}, kind: "points", geom: { points: [nose] } } as Shape;
    const before = new Driver([face]).use("keypoints");
    before.editor.selection = new Set(["face"]);
    (before.tool as KeypointsTool).skip();
    const after = await reopened(before);
    expect(after.tool.hint).toContain("right eye (2 of 2)");
    after.click(120, 60);
    expect(after.shapes.map(({ id, geom }) => [id, geom])).toEqual([
      ["face", { points: [nose, { name: "right eye", x: 120, y: 60, visible: true }] }],
    ]);
  });

  it("is nothing any more once it is finished or dropped", () => {
    const driver = new Driver().use("polygon").click(50, 50).click(90, 50).click(90, 90);
    expect(keptOf(driver)).not.toBeNull();
    driver.tool.finish!();
    expect(keptOf(driver)).toBeNull();
    driver.click(150, 50).click(190, 50);
    expect(keptOf(driver)).not.toBeNull();
    driver.tool.cancel();
    expect(keptOf(driver)).toBeNull();
  });

  it("waits in the class in which it was begun, where another tool is in hand", async () => {
    const before = new Driver().use("polygon").click(50, 50).click(90, 50);
    before.use("rectangle").editor.activeClass = 2;
    const after = await reopened(before);
    expect(after.said).toEqual(["What you had begun to draw is back. Choose its tool to go on."]);
    expect([after.tool.name, after.editor.activeClass]).toEqual(["select", 1]);
    after.editor.activeClass = 2;
    after.use("polygon").click(90, 90);
    after.tool.finish!();
    expect(after.shapes.map((shape) => shape.class)).toEqual([1]);
  });

  it("adds to what was selected, if that is what it was for", async () => {
    const before = new Driver().use("polygon").click(50, 50).click(90, 50).click(90, 90);
    before.tool.finish!();
    before.editor.selection = new Set([before.shapes[0].id]);
    before.click(85, 60, { shift: true }).click(150, 60, { shift: true });
    const after = await reopened(before);
    after.click(85, 80, { shift: true });
    after.tool.finish!();
    expect(after.shapes.map(({ id }) => id)).toEqual([before.shapes[0].id]);
  });
});

describe("what was refused when the page goes", () => {
  const house = polygon("house", [square(40, 40, 100)]);
  const strict = (shapes: Shape[]) => new Driver(shapes, { permit_overlap: false });

  it.each([
    ["freehand", [[60, 60], [80, 60], [80, 80], [60, 80], [60, 60]]],
    ["rectangle", [[60, 60], [80, 80]]],
  ] as [string, [number, number][]][])("is in sight again, and tried again in its class: %s", async (name, stroke) => {
    const before = strict([house]).use(name);
    before.editor.activeClass = 2;
    before.drag(stroke);
    const { outline } = before.editor.refused!;
    const after = await reopened(before, strict([house]));
    expect(after.said).toEqual(["What you had begun to draw is back. Enter tries it again, Esc drops it."]);
    expect([after.editor.refused!.outline, after.editor.activeClass]).toEqual([outline, 2]);
    drawAgain(after.editor);
    expect(after.editor.refused!.outline).toEqual(outline);
    after.store.edit("delete", [{ id: "house", after: null }]);
    drawAgain(after.editor);
    expect([after.editor.refused, ...after.shapes.map((shape) => shape.class)]).toEqual([null, 2]);
    expect(keptOf(after)).toBeNull();
  });
});

describe("what makes no sense any more is dropped, in words", () => {
  const GONE = "What was half drawn here cannot go on: its class or tool is not the same any more.";
  const corners = () => new Driver().use("polygon").click(50, 50).click(90, 50);
  const keypoints = () => {
    const driver = new Driver().use("keypoints");
    driver.editor.activeClass = 2;
    return driver.click(100, 80);
  };

  const changes: [string, () => Driver, (after: Driver) => unknown][] = [
    ["its class is archived", corners, ({ editor }) => (editor.task!.classes[0].archived = true)],
    ["its class is drawn otherwise", corners, ({ editor }) => (editor.task!.classes[0].tools = ["circle"])],
    ["its tool is not allowed", corners, ({ editor }) => editor.tools.delete("polygon")],
    ["its class has other points", keypoints, ({ editor }) => (editor.task!.classes[1].skeleton = { ...FACE, points: ["chin"] })],
    ["none of that", corners, () => undefined],
    ["none of that, with keypoints", keypoints, () => undefined],
  ];
  it.each(changes)("%s", async (why, draw, change) => {
    const after = new Driver();
    change(after);
    expect(await goOn([keptOf(draw())!], after)).toEqual([true]);
    const isGone = !why.startsWith("none");
    expect(after.said.includes(GONE)).toBe(isGone);
    expect([...after.editor.tools.values()].some(({ isBusy }) => isBusy)).toBe(!isGone);
  });

  it("keypoints of a shape that is gone", async () => {
    const points = [{ name: "nose", x: 100, y: 80, visible: true }];
    const before = new Driver([{ id: "face", class: 2, z: 1, attrs: {}, kind: "points", geom: { points } } as Shape]).use("keypoints");
    before.editor.selection = new Set(["face"]);
    before.click(80, 60);
    const after = await reopened(before, new Driver());
    expect(after.said).toEqual([GONE]);
  });

  it("without words where nothing may be drawn", async () => {
    const after = new Driver();
    Object.assign(after.editor.document!, { editable: false });
    expect(await goOn([keptOf(corners())!], after)).toEqual([true]);
    expect([after.said, after.tool.isBusy]).toEqual([[], false]);
  });

  it("but of two pages with the same tool, the second waits for another time", async () => {
    const after = new Driver();
    expect(await goOn([keptOf(corners())!, keptOf(corners())!], after)).toEqual([true, false]);
  });
});

describe("undo and redo are possible", () => {
  it("when there is something to undo or to redo", () => {
    const driver = new Driver();
    const all = makeCommands(driver.editor, {} as Session, {} as Settings, NO_WINDOWS);
    const possible = () => ["undo", "redo"].map((id) => all.find((command) => command.id === id)!.isEnabled());
    const { changes } = driver.editor;
    expect(possible()).toEqual([false, false]);
    driver.use("polygon").click(50, 50).click(90, 50);
    expect(possible()).toEqual([true, false]);
    changes.undo();
    changes.undo();
    expect(possible()).toEqual([false, true]);
    changes.redo();
    changes.redo();
    driver.tool.cancel();
    // Undo brings back what was dropped.
    expect(possible()).toEqual([true, false]);
    changes.undo();
    driver.click(90, 90);
    driver.tool.finish!();
    expect(possible()).toEqual([true, false]);
    changes.undo();
    expect(possible()).toEqual([false, true]);
    changes.redo();
    expect(possible()).toEqual([true, false]);
  });
});
