import { describe, expect, it } from "vitest";
import { answerImage, answerShapes, chooseForShapes, sayDefaults } from "../src/answers";
import {
  admitted,
  afterChoosing,
  askedOfAll,
  askedOfClass,
  shortWords,
  startingWith,
  valueId,
  type Attribute,
} from "../src/attributes";
import { received, sent, wanted } from "../src/save/wire";
import { Driver } from "./driving";
import { polygon, square } from "./making";

let last = 0;
function ask(name: string, kind: Attribute["kind"], more: Partial<Attribute> = {}): Attribute {
  const options = kind.startsWith("choice") ? ["flat", "steep"] : [];
  const usual = { of_image: false, class: null, default: null, required: false, archived: false };
  return { id: ++last, name, key: name, kind, options, ...usual, ...more };
}

const roof = ask("Roof", "choice", { class: 1 });
const floors = ask("Floors", "number", { default: 1 });
const old = ask("Old", "text", { archived: true });
const seen = ask("Seen", "choices", { of_image: true, default: ["flat"] });
const weather = ask("Weather", "choice", { of_image: true });
const all = [roof, floors, old, seen, weather];
const house = (id: string, attrs = {}) => ({ ...polygon(id, [square(0, 0, 10)]), attrs });
const face = (id: string, attrs = {}) => ({ ...house(id, attrs), class: 2 });

describe("what is asked", () => {
  it("of a class is what all are asked, and what it is asked itself", () => {
    expect(askedOfClass(all, 1)).toEqual([roof, floors]);
    expect(askedOfClass(all, 2)).toEqual([floors]);
    const own = ask("Floors", "text", { class: 2 });
    expect(askedOfClass([...all, own], 2)).toEqual([own]);
    expect(askedOfAll(all, [house("a"), face("b")])).toEqual([floors]);
    expect(askedOfAll(all, [])).toEqual([]);
  });

  it("gives a new shape the defaults, and what it brings as far as it fits", () => {
    expect(startingWith(all, 1)).toEqual({ Floors: 1 });
    expect(startingWith(all, 1, { Roof: "flat", Floors: 3, Old: "x" })).toEqual({ Roof: "flat", Floors: 3 });
    expect(startingWith(all, 2, { Roof: "flat", Floors: "many" })).toEqual({});
    expect(startingWith([seen], 1, { any: [1] })).toEqual({ any: [1] });
  });

  it("admits nothing archived in a shape that is new", () => {
    expect(admitted(all, house("a", { Roof: "round", Old: "x", Floors: 2 })).attrs).toEqual({ Floors: 2 });
    const fine = house("a", { Roof: "flat" });
    expect(admitted(all, fine)).toBe(fine);
  });

  it("is answered by choosing, and by choosing again no more", () => {
    expect(afterChoosing(weather, null, "flat")).toBe("flat");
    expect(afterChoosing(weather, "flat", "flat")).toBe(null);
    expect(afterChoosing(seen, ["steep"], "flat")).toEqual(["flat", "steep"]);
    expect(afterChoosing(seen, ["flat", "gone"], "flat")).toEqual(["gone"]);
    expect(afterChoosing(seen, ["flat"], "flat")).toBe(null);
  });

  it("is told in a few words, in the order of the questions", () => {
    const dark = ask("Dark", "checkbox");
    expect(shortWords([...all, dark], house("a", { other: 5, Dark: true, Floors: 2, Roof: "flat" }))).toBe("flat, 2, Dark, other: 5");
    expect(shortWords(all, house("a", { occluded: "false" }))).toBe("occluded: false");
    expect(shortWords([...all, dark], house("a", { Dark: false }))).toBe("");
  });
});

describe("saying it", () => {
  const drive = () => new Driver([house("a", { Roof: "flat" }), house("b")], { attributes: all });
  const attrs = ({ shapes }: Driver) => shapes.map((shape) => shape.attrs);

  it("of the image is undone and done again like a shape", () => {
    const { editor, store } = drive();
    answerImage(editor, weather, "flat");
    answerImage(editor, weather, null);
    expect(store.values.size).toBe(0);
    editor.changes.undo();
    expect(store.values.get(valueId(weather.id))?.value).toBe("flat");
    editor.changes.undo();
    editor.changes.redo();
    expect(store.values.get(valueId(weather.id))?.value).toBe("flat");
    expect(store.shapes.size).toBe(2);
  });

  it("of many shapes is one step", () => {
    const driver = drive();
    driver.editor.select(["a", "b"]);
    chooseForShapes(driver.editor, roof, "steep");
    expect(attrs(driver)).toEqual([{ Roof: "steep" }, { Roof: "steep" }]);
    answerShapes(driver.editor, floors, 4);
    driver.editor.changes.undo();
    driver.editor.changes.undo();
    expect(attrs(driver)).toEqual([{ Roof: "flat" }, {}]);
  });

  it("says the defaults of what was not answered, once", () => {
    const { editor, store } = drive();
    sayDefaults(editor);
    expect([...store.values.values()].map(({ value }) => value)).toEqual([["flat"]]);
    sayDefaults(editor);
    editor.changes.undo();
    expect(store.values.size).toBe(0);
  });

  it("by another class keeps what that class is asked too", () => {
    const driver = drive();
    driver.editor.select(["a"]);
    driver.editor.setClass(2);
    expect(driver.shapes[0].attrs).toEqual({ Floors: 1 });
  });
});

describe("on the way to the server", () => {
  const shape = { class: 1, kind: "polygon", geom: { rings: [] }, z: 1, attrs: {} } as never;

  it("values go beside the shapes and come back among them", () => {
    const changes = [
      { id: "a", base: null, shape },
      { id: "image-4", base: 2, shape: { kind: "value" as const, value: "sun" } },
      { id: "image-5", base: 3, shape: null },
    ];
    const body = sent({ op_id: "op", changes });
    expect(body.changes).toEqual([changes[0]]);
    expect(body.values).toEqual([{ attribute: 4, base: 2, value: "sun" }, { attribute: 5, base: 3, value: null }]);
    expect(wanted(body as never)).toEqual(changes);
    const values = [{ attribute: 4, rev: 7, value: "rain" }, { attribute: 5, rev: 8, deleted: true }];
    expect(received({ rev: 8, shapes: [], values }).shapes).toEqual([
      { id: "image-4", kind: "value", value: "rain", rev: 7 },
      { id: "image-5", rev: 8, deleted: true },
    ]);
    const problems = [{ id: null, attribute: 4, message: "no" }, { id: "a", message: "odd" }];
    expect((received({ problems }).problems as { id: string }[]).map(({ id }) => id)).toEqual(["image-4", "a"]);
  });

  it("shapes alone are what they always were", () => {
    const operation = { op_id: "op", changes: [{ id: "a", base: null, shape }] };
    expect(sent(operation)).toEqual(operation);
  });
});
