import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Feed, inPortions, portionsOf } from "../src/feed";
import { Neighbours } from "../src/cut/neighbours";
import { boxesMeet, boxOf } from "../src/shapes/geometry";
import type { Shape } from "../src/shapes/types";
import { polygon, random, square } from "./making";

const shape = (id: number) => polygon(String(id), [square(id, 0, 1)]);

describe("what is told in portions", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const said: string[] = [];
  const say = (feed: Feed, name: string, count: number) => {
    const shapes = Array.from({ length: count }, (_, i) => shape(i));
    const note = (mark: string) => (portion: Shape[]) => void said.push(`${name}${portion.length}${mark}`);
    feed.say(inPortions(portionsOf(shapes, (one) => one, 12), note(""), note("!")));
  };
  beforeEach(() => void (said.length = 0));

  it("is told at once if it is little, also several times", () => {
    const feed = new Feed();
    say(feed, "a", 3);
    say(feed, "b", 0);
    expect([said, feed.isDone]).toEqual([["a3!", "b0!"], true]);
  });

  it("is told a portion at a time, and nothing overtakes it", () => {
    const feed = new Feed();
    say(feed, "a", 7);
    say(feed, "b", 1);
    expect([said, feed.isDone]).toEqual([["a3"], false]);
    vi.runAllTimers();
    expect([said, feed.isDone]).toEqual([["a3", "a3", "a1!", "b1!"], true]);
  });

  it("is not told to its end when something else has come in its place", () => {
    const feed = new Feed();
    say(feed, "a", 7);
    feed.clear();
    say(feed, "b", 4);
    vi.runAllTimers();
    expect([said, feed.isDone]).toEqual([["a3", "b3", "b1!"], true]);
  });
});

it("neighbours are found by their boxes, in the order in which they came", () => {
  for (let seed = 1; seed <= 8; seed++) {
    const chance = random(seed);
    const some = (id: string) => polygon(id, [square(chance() * 460 - 30, chance() * 460 - 30, chance() < 0.05 ? 300 : 2 + 20 * chance())]);
    const there = new Map(Array.from({ length: 80 }, (_, i) => [`s${i}`, some(`s${i}`)]));
    const neighbours = new Neighbours(there);
    for (let round = 0; round < 120; round++) {
      const id = `s${Math.floor(chance() * 100)}`;
      if (chance() < 0.3) {
        there.delete(id);
        neighbours.delete(id);
      } else {
        const made = some(id);
        there.set(id, made);
        neighbours.set(made);
      }
      const box = boxOf(some("box"));
      expect(neighbours.near(box)).toEqual([...there.values()].filter((one) => boxesMeet(boxOf(one), box)));
    }
  }
});
