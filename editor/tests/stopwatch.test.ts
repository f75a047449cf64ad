import { describe, expect, it } from "vitest";
import { Stopwatch } from "../src/stopwatch";

const S = 1000;

describe("the time on an image", () => {
  it("runs while somebody works", () => {
    const watch = new Stopwatch(0);
    for (let now = 0; now <= 300 * S; now += 5 * S) watch.note(now);
    expect(watch.seconds(300 * S)).toBe(300);
    expect(watch.isRunning(300 * S)).toBe(true);
  });

  it("rests a minute after the last input, and goes on with the next", () => {
    const watch = new Stopwatch(0);
    watch.note(10 * S);
    expect(watch.isRunning(69 * S)).toBe(true);
    expect(watch.isRunning(70 * S)).toBe(false);
    expect(watch.seconds(3600 * S)).toBe(70);
    watch.note(3600 * S);
    expect(watch.isRunning(3601 * S)).toBe(true);
    expect(watch.seconds(3605 * S)).toBe(75);
  });

  it("counts the same whoever asks how often", () => {
    const [asked, unasked] = [new Stopwatch(0), new Stopwatch(0)];
    for (let now = 0; now < 500 * S; now += 700) {
      asked.seconds(now);
      if (now % 7 === 0 && now % 90_000 < 3 * S) for (const watch of [asked, unasked]) watch.note(now);
    }
    expect(asked.seconds(500 * S)).toBe(unasked.seconds(500 * S));
  });

  it("rests at once when the page is hidden", () => {
    const watch = new Stopwatch(0);
    watch.note(10 * S);
    watch.rest(20 * S);
    expect(watch.seconds(50 * S)).toBe(20);
    expect(watch.isRunning(21 * S)).toBe(false);
    watch.note(60 * S);
    expect(watch.seconds(61 * S)).toBe(21);
  });
});
