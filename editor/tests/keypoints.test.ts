import { beforeEach, describe, expect, it } from "vitest";
import { isHit } from "../src/shapes/geometry";
import { inOrder, segmentsOf } from "../src/shapes/skeleton";
import type { NamedPoint, Shape } from "../src/shapes/types";
import type { KeypointsTool } from "../src/tools/keypoints";
import { Driver, FACE } from "./driving";
import { polygon } from "./making";

const point = (name: string, x: number, y: number, visible = true): NamedPoint => ({ name, x, y, visible });
const EYES = [point("left eye", 80, 60), point("right eye", 120, 60)];

let driver: Driver;
let tool: KeypointsTool;

beforeEach(() => {
  driver = new Driver().use("keypoints");
  tool = driver.tool as KeypointsTool;
  driver.editor.activeClass = 2;
});

const points = () => driver.shapes.map(({ geom }) => (geom as { points: NamedPoint[] }).points);

describe("the keypoint tool", () => {
  it("sets the points in the order of the skeleton, and is done with the last", () => {
    driver.click(100, 80).click(80, 60, { alt: true }).click(120, 60);
    expect(points()).toEqual([[point("nose", 100, 80), point("left eye", 80, 60, false), point("right eye", 120, 60)]]);
    expect(driver.shapes[0].class).toBe(2);
    expect(tool.isBusy).toBe(false);
  });

  it("names the next point, skips one, and ends where one likes", () => {
    expect(tool.hint).toContain("nose (1 of 3)");
    driver.click(100, 80);
    tool.skip();
    expect(tool.hint).toContain("right eye (3 of 3)");
    tool.finish();
    expect(points()).toEqual([[point("nose", 100, 80)]]);
  });

  it("puts a point right as long as the button is held, but never outside the image", () => {
    driver.drag([[100, 80], [110, 90], [-20, 90]]);
    driver.click(500, 90);
    expect(driver.said.at(-1)).toContain("outside the image");
    tool.finish();
    expect(points()).toEqual([[point("nose", 0, 90)]]);
  });

  it("takes points back one by one, and sets them again", () => {
    driver.click(100, 80).click(80, 60);
    driver.editor.changes.undo();
    expect(tool.hint).toContain("left eye");
    driver.editor.changes.undo();
    expect(tool.isBusy).toBe(false);
    driver.editor.changes.redo();
    driver.editor.changes.redo();
    tool.toggleOccluded();
    tool.finish();
    expect(points()).toEqual([[point("nose", 100, 80), point("left eye", 80, 60, false)]]);
  });

  it("sets none again once another was skipped instead", () => {
    driver.click(100, 80).click(80, 60);
    driver.editor.changes.undo();
    tool.skip();
    driver.editor.changes.redo();
    expect(tool.hint).toContain("right eye (3 of 3)");
  });

  it("keeps the class it began with", () => {
    driver.click(100, 80);
    driver.editor.setClass(1);
    driver.click(80, 60).click(120, 60);
    expect(driver.shapes.map((shape) => shape.class)).toEqual([2]);
  });

  it("says so when the class has no skeleton, and when every point was skipped", () => {
    driver.editor.activeClass = 1;
    driver.click(100, 80);
    expect(driver.said.at(-1)).toContain("House has no keypoints");
    driver.editor.activeClass = 2;
    for (let i = 0; i < 3; i++) tool.skip();
    expect(driver.said.at(-1)).toContain("Every point was skipped");
    expect(driver.shapes).toHaveLength(0);
  });

  it("completes a selected shape that lacks points, in the order of the skeleton", () => {
    driver.add({ ...polygon("eyes", []), class: 2, kind: "points", geom: { points: EYES } } as Shape);
    driver.editor.select([driver.shapes[0].id]);
    expect(tool.hint).toContain("nose (1 of 1)");
    driver.click(100, 80);
    expect(points()).toEqual([[point("nose", 100, 80), ...EYES]]);
    driver.editor.changes.undo();
    expect(points()).toEqual([EYES]);
  });
});

describe("a skeleton", () => {
  it("has a line for each edge whose ends are there", () => {
    expect(segmentsOf([...EYES, point("nose", 100, 80)], FACE)).toEqual([[100, 80, 80, 60], [100, 80, 120, 60]]);
    expect(segmentsOf(EYES, FACE)).toEqual([]);
    expect(segmentsOf(EYES, undefined)).toEqual([]);
  });

  it("is taken hold of by its lines too", () => {
    const geom = { points: [point("nose", 100, 80), ...EYES] };
    const shape = { id: "a", class: 2, z: 1, attrs: {}, kind: "points", geom } as Shape;
    expect(isHit(shape, 90, 70, 3, FACE)).toBe(true);
    expect(isHit(shape, 90, 70, 3)).toBe(false);
  });

  it("puts unknown names last", () => {
    expect(inOrder([point("tail", 0, 0), ...EYES], FACE.points).map(({ name }) => name)).toEqual([
      "left eye", "right eye", "tail",
    ]);
  });
});
