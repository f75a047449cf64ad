import { describe, expect, it } from "vitest";
import type { Api, HistoryEvent, Reply } from "../src/save/api";
import type { Outbox } from "../src/save/outbox";
import { valueId, type ImageValue } from "../src/attributes";
import { sameState, Store, type State } from "../src/shapes/store";
import type { Shape } from "../src/shapes/types";
import { differenceOf, statesOf, wordsOf } from "../src/past";
import { TimeLine } from "../src/timeline";
import { whatText } from "../src/ui/history";
import { whenText } from "../src/ui/when";
import { Driver } from "./driving";
import { polygon, random, square } from "./making";

const shape = (id: string, x: number): Shape => polygon(id, [square(x, 0, 10)]);
const said = (id: number, value: string): ImageValue => ({ id: valueId(id), kind: "value", value });
const drawing = (...states: State[]) => ({
  shapes: new Map(states.flatMap((one) => (one.kind === "value" ? [] : [[one.id, one] as const]))),
  values: new Map(states.flatMap((one) => (one.kind === "value" ? [[one.id, one] as const] : []))),
});

function event(rev: number, more: Partial<HistoryEvent> = {}): HistoryEvent {
  const who = { at: "2026-11-22T10:15:03Z", by: "Ann", mine: true };
  return { id: `save-${rev}`, kind: "save", rev, ...who, words: "saved", change: "1 drawn", comment: "", ...more };
}

/** A label of which shape n was drawn in revision n, and shape 1 deleted in the last one. */
class Past {
  pages = 0;
  readonly held: (() => void)[] = [];
  holds = false;

  constructor(public revs: number) {}

  private readonly shapes = (rev: number) =>
    Array.from({ length: rev }, (_, i) => ({ ...shape(`shape ${i + 1}`, i), rev: i + 1, latest: this.revs }));

  history(_: number, before: string | null): Promise<Reply> {
    this.pages++;
    const last = before === null ? this.revs : Number(before);
    const events = Array.from({ length: Math.min(3, last) }, (_, i) => event(last - i));
    return this.reply({ events, before: last > 3 ? String(last - 3) : null });
  }

  revision(_: number, rev: number, ended = false): Promise<Reply> {
    const now = this.shapes(rev).filter((one) => rev < this.revs || one.rev !== 1);
    const gone = rev >= 1 && rev < this.revs ? this.shapes(1) : [];
    return this.reply({ shapes: ended ? gone : now, values: [], latest_values: [] });
  }

  private async reply(body: Record<string, unknown>): Promise<Reply> {
    if (this.holds) await new Promise<void>((resolve) => this.held.push(resolve));
    return { status: 200, body };
  }
}

function opened(revs = 5) {
  const past = new Past(revs);
  const now = Array.from({ length: revs - 1 }, (_, i) => shape(`shape ${i + 2}`, i + 1));
  const driver = new Driver(now);
  const learned = new Map<string, number>();
  const outbox = { head: revs, isSaved: true, learn: (id: string, rev: number) => learned.set(id, rev) };
  Object.assign(driver.editor.document!, { outbox: outbox as unknown as Outbox });
  const timeline = new TimeLine(driver.editor, past as unknown as Api, () => undefined);
  return { past, driver, learned, timeline, editor: driver.editor };
}

describe("the difference between two drawings", () => {
  it("says what to do to make the one of now that of then, whatever they are", () => {
    const chance = random(7);
    const one = (i: number) => (i < 12 ? shape(`s${i}`, Math.floor(chance() * 2)) : said(i, "ab"[Math.floor(chance() * 2)]));
    const some = () => drawing(...Array.from({ length: 15 }, (_, i) => one(i)).filter(() => chance() < 0.7));
    for (let round = 0; round < 200; round++) {
      const [then, now] = [some(), some()];
      const made = new Store(now.shapes.values(), now.values.values());
      made.edit("restore", statesOf(differenceOf(then, now)));
      expect(wordsOf(differenceOf(then, made))).toBe("");
      expect([...made.shapes.keys(), ...made.values.keys()].sort()).toEqual([...then.shapes.keys(), ...then.values.keys()].sort());
      for (const [id, one] of then.shapes) expect(sameState(made.shapes.get(id)!, one)).toBe(true);
      for (const [id, one] of then.values) expect(made.values.get(id)).toEqual(one);
    }
  });

  it("is told in words", () => {
    const then = drawing(shape("a", 1), shape("b", 1), said(1, "sun"), said(2, "a"));
    const now = drawing(shape("b", 2), shape("c", 1), shape("d", 1), said(1, "rain"), said(2, "a"));
    expect(wordsOf(differenceOf(then, now))).toBe("2 drawn, 1 changed, 1 deleted, 1 said of the image");
    expect(wordsOf(differenceOf(now, now))).toBe("");
  });
});

describe("the time line", () => {
  it("steps back over pages to the beginning, and forward to now", async () => {
    const { timeline, editor, past } = opened();
    const seen: (number | undefined)[] = [];
    for (let i = 0; i < 6; i++) {
      await timeline.step(1);
      seen.push(editor.past?.event.rev);
    }
    expect(seen).toEqual([4, 3, 2, 1, 0, 0]);
    expect(past.pages).toBe(2);
    for (let i = 0; i < 6; i++) await timeline.step(-1);
    expect(editor.past).toBeNull();
  });

  it("shows the drawing as it was, from what is left of it and what ended since", async () => {
    const { timeline, editor, learned } = opened();
    await timeline.toggle(true);
    await timeline.show(event(3));
    expect([...editor.past!.shapes.keys()].sort()).toEqual(["shape 1", "shape 2", "shape 3"]);
    expect(wordsOf(editor.past!.difference)).toBe("2 drawn, 1 deleted");
    expect(learned).toEqual(new Map([["shape 1", 5]]));
  });

  it("lets nothing be changed in the past, and restores as one action", async () => {
    const { timeline, editor, driver } = opened();
    await timeline.toggle(true);
    await timeline.show(event(1));
    expect(editor.editable).toBe(false);
    expect(editor.changes.commit("draw", [{ id: "new", after: shape("new", 9) }])).toBe(false);
    editor.changes.undo();
    timeline.restore();
    expect(editor.past).toBeNull();
    expect([...driver.store.shapes.keys()]).toEqual(["shape 1"]);
    expect(driver.store.undoName).toBe("restore revision 1");
    editor.changes.undo();
    expect(driver.store.shapes.size).toBe(4);
  });

  it("shows what was asked for last, in whatever order the answers come", async () => {
    const { timeline, editor, past } = opened();
    await timeline.toggle(true);
    await timeline.show(event(4));
    past.holds = true;
    const slow = timeline.show(event(1));
    const fast = timeline.show(event(2));
    past.held[1]();
    await fast;
    expect(editor.past?.event.rev).toBe(2);
    past.held[0]();
    await slow;
    expect(editor.past?.event.rev).toBe(2);
  });

  it("adds what was saved meanwhile, and begins anew after very much", async () => {
    const { timeline, past } = opened();
    await timeline.toggle(true);
    past.revs = 6;
    await timeline.refresh();
    expect(timeline.events.map(({ rev }) => rev)).toEqual([6, 5, 4, 3]);
    past.revs = 20;
    await timeline.refresh();
    expect(timeline.events.map(({ rev }) => rev)).toEqual([20, 19, 18]);
    await timeline.load();
    expect(timeline.events).toHaveLength(6);
  });
});

describe("an event", () => {
  it("is told in words", () => {
    expect(whatText(event(1))).toBe("1 drawn");
    expect(whatText(event(1, { change: "" }))).toBe("Saved");
    expect(whatText(event(1, { kind: "step", words: "sent back" }))).toBe("Sent back");
    expect(whatText(event(1, { kind: "conflict" }))).toBe("Conflict: kept, not applied");
  });

  it("has a day unless it was today", () => {
    const at = new Date(2026, 10, 22, 9, 5);
    expect(whenText(at.toISOString(), new Date(2026, 10, 22, 18))).toBe("09:05");
    expect(whenText(at.toISOString(), new Date(2026, 10, 23, 1))).toBe("22 Nov, 09:05");
  });
});
