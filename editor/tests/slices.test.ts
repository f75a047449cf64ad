import { describe, expect, it } from "vitest";
import { readInSlices, Slices } from "../src/save/slices";
import { polygon, random, square } from "./making";

/** Read in pieces of so many characters, in slices of so many. */
function read(text: string, piece: number, most: number): unknown {
  const slices = new Slices(most);
  for (let i = 0; i < text.length; i += piece) slices.take(text.slice(i, i + piece));
  return slices.whole;
}

const label = {
  id: 3,
  words: 'a "quoted" [{"id": 1}] \\ and }] ü',
  shapes: Array.from({ length: 40 }, (_, i) => ({ ...polygon(`shape ${i}`, [square(i, 0, 10)]), attrs: { say: '}]"[{' } })),
  task: { classes: [{ id: 1, tools: ["polygon"], skeleton: { points: [], edges: [[0, 1]] } }], examples: [] },
  place: [1.5, 2],
  names: ["a", "[{"],
  nothing: null,
};

describe("a long answer", () => {
  it.each([
    ["as the server writes it", JSON.stringify(label)],
    ["with spaces and lines", JSON.stringify(label, null, 2)],
    ["that is a list itself", JSON.stringify(label.shapes)],
  ])("is what it is when it is read at once: %s", (_, text) => {
    for (const piece of [1, 7, 100, 100_000]) {
      for (const most of [1, 300, 100_000]) expect(read(text, piece, most)).toEqual(JSON.parse(text));
    }
  });

  it("of anything is what it is", () => {
    const chance = random(5);
    const words = ['"', "\\", "[{", "}]", ",", "x", "\n", "{", "ü"];
    const make = (depth: number): unknown => {
      const what = chance();
      const some = () => Array.from({ length: chance() * 4 }, () => make(depth - 1));
      if (depth && what < 0.35) return some();
      if (depth && what < 0.75) return Object.fromEntries(some().map((value, i) => [`${words[i]}${i}`, value]));
      return what < 0.9 ? Array.from({ length: chance() * 5 }, () => words[Math.floor(chance() * words.length)]).join("") : chance();
    };
    for (let i = 0; i < 500; i++) {
      const text = JSON.stringify(make(6), null, i % 3);
      expect(read(text, 1 + (i % 20), 1 + (i % 50))).toEqual(JSON.parse(text));
    }
  });

  it("that breaks off is no answer", () => {
    const text = JSON.stringify(label);
    for (const end of [10, 500, 2000, text.length - 1]) expect(() => read(text.slice(0, end), 64, 200)).toThrow();
  });

  it("comes as it is sent, letters that are cut in two included", async () => {
    const bytes = new TextEncoder().encode(JSON.stringify(label));
    const body = new ReadableStream({
      start(controller) {
        for (let i = 0; i < bytes.length; i += 3) controller.enqueue(bytes.slice(i, i + 3));
        controller.close();
      },
    });
    expect(await readInSlices(new Response(body))).toEqual(label);
  });
});
