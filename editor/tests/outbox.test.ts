import { describe, expect, it } from "vitest";
import { settled } from "../src/save/leftovers";
import { moved, sameShape } from "../src/shapes/geometry";
import { sameState } from "../src/shapes/store";
import type { Shape } from "../src/shapes/types";
import { polygon, random, square } from "./making";
import { Clock, Page, Server } from "./server";

const shape = (id: string, x = 0): Shape => polygon(id, [square(x, 0, 10)]);
const LONG = 10 * 60_000;

function opened(): { server: Server; clock: Clock; page: Page } {
  const server = new Server();
  const clock = new Clock();
  return { server, clock, page: new Page(server, clock) };
}

function expectSame(page: Page, server: Server): void {
  const theirs = server.current;
  expect([...page.store.shapes.keys()].sort()).toEqual([...theirs.keys()].sort());
  for (const [id, mine] of page.store.shapes) expect(sameShape(mine, theirs.get(id)!)).toBe(true);
}

/** A minute of work: draw, move, delete, undo, redo, and now and then a pause. */
async function work(page: Page, clock: Clock, chance: () => number, steps: number): Promise<void> {
  for (let i = 0; i < steps; i++) {
    const ids = [...page.store.shapes.keys()];
    const id = ids[Math.floor(chance() * ids.length)];
    const action = chance();
    if (action < 0.35 || !id) {
      const fresh = `shape ${chance()}`;
      page.store.edit("draw", [{ id: fresh, after: shape(fresh, i) }]);
    } else if (action < 0.6) {
      page.store.edit("move", [{ id, after: moved(page.store.shapes.get(id)!, 1, 1) }]);
    } else if (action < 0.7) page.store.edit("delete", [{ id, after: null }]);
    else if (action < 0.9) page.store.undo();
    else page.store.redo();
    if (chance() < 0.5) await clock.run(chance() * 3000);
  }
}

function badLine(chance: () => number) {
  return () => {
    const luck = chance();
    return luck < 0.2 ? "request lost" : luck < 0.4 ? "answer lost" : "well";
  };
}

describe("on a bad line", () => {
  it("200 random sessions end with the same shapes on both sides, and no conflict with oneself", async () => {
    for (let seed = 1; seed <= 200; seed++) {
      const chance = random(seed);
      const { server, clock, page } = opened();
      server.line = badLine(chance);
      await work(page, clock, chance, 30);
      server.line = () => "well";
      await clock.run(LONG);
      expect(page.outbox.isSaved).toBe(true);
      expect(page.conflicts).toEqual([]);
      expect(page.kept).toBeNull();
      expectSame(page, server);
    }
  });

  it("100 sessions that crash at any moment lose nothing: the journal brings all of it back", async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const chance = random(seed + 1000);
      const { server, clock, page } = opened();
      server.line = badLine(chance);
      await work(page, clock, chance, 20);
      await clock.run(0);
      // The page is gone; only its journal and what reached the server are left.
      const before = new Map(page.store.shapes);
      const { kept } = page;
      server.line = () => "well";
      let rev: number | null = null;
      if (kept?.inFlight) {
        const reply = await server.save(kept.inFlight);
        rev = reply.status === 200 ? (reply.body.rev as number) : null;
      }
      const second = new Page(server, new Clock());
      const left = kept ? settled(kept, rev) : [];
      second.store.merge(left.map(({ id, shape: state }) => ({ id, after: state })));
      await second.outbox.restore(left);
      await second.clock.run(LONG);
      expect(second.conflicts).toEqual([]);
      expect([...second.store.shapes.keys()].sort()).toEqual([...before.keys()].sort());
      expectSame(second, server);
      page.outbox.close();
    }
  });

  it("says Offline with the number of changes, and Saved when the line is back", async () => {
    const { server, clock, page } = opened();
    server.line = () => "request lost";
    page.store.edit("draw", [{ id: "a", after: shape("a") }]);
    page.store.edit("draw", [{ id: "b", after: shape("b") }]);
    await clock.run(1500);
    expect(page.lastWords).toBe("offline: Offline, 2 changes kept");
    expect(page.kept).not.toBeNull();
    server.line = () => "well";
    await clock.run(LONG);
    expect(page.lastWords).toBe("saved: Saved");
  });
});

describe("saving", () => {
  it("happens within a second of one gesture, and at the latest after two seconds of many", async () => {
    const { server, clock, page } = opened();
    page.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(1000);
    expect(server.rev).toBe(1);
  });

  it("makes one revision of what was done quickly, and none when nothing is done", async () => {
    const { server, clock, page } = opened();
    for (const id of ["a", "b", "c"]) page.store.edit("draw", [{ id, after: shape(id) }]);
    await clock.run(LONG);
    expect(server.applied).toBe(1);
    expect(page.outbox.head).toBe(1);
  });

  it("sends nothing for a shape that was drawn and undone before it was sent", async () => {
    const { server, clock, page } = opened();
    page.store.edit("draw", [{ id: "a", after: shape("a") }]);
    page.store.undo();
    await clock.run(LONG);
    expect(server.applied).toBe(0);
    expect(page.lastWords).toBe("saved: Saved");
  });

  it("splits what is too much for one request", async () => {
    const { server, clock, page } = opened();
    const many = Array.from({ length: 4500 }, (_, i) => ({ id: `s${i}`, after: shape(`s${i}`) }));
    page.store.edit("paste", many);
    await clock.run(LONG);
    expect(server.applied).toBe(3);
    expectSame(page, server);
  });
});

describe("when others changed the same shape", () => {
  it("hands over both versions, and saves what nobody else touched", async () => {
    const { server, clock, page: first } = opened();
    first.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(LONG);
    const second = new Page(server, clock);
    first.store.edit("move", [{ id: "a", after: shape("a", 50) }]);
    await clock.run(LONG);
    second.store.edit("move", [{ id: "a", after: shape("a", 90) }]);
    second.store.edit("draw", [{ id: "b", after: shape("b") }]);
    await clock.run(LONG);
    expect(second.conflicts).toHaveLength(1);
    expect(sameState(second.conflicts[0].mine, shape("a", 90))).toBe(true);
    expect(sameState(second.conflicts[0].theirs, shape("a", 50))).toBe(true);
    expect(sameShape(server.current.get("a")!, shape("a", 50))).toBe(true);
    expect(server.current.has("b")).toBe(true);
    expect(second.outbox.isSaved).toBe(true);
  });

  it("knows that a shape was deleted, and can draw on", async () => {
    const { server, clock, page: first } = opened();
    first.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(LONG);
    const second = new Page(server, clock);
    first.store.edit("delete", [{ id: "a", after: null }]);
    await clock.run(LONG);
    second.store.edit("move", [{ id: "a", after: shape("a", 90) }]);
    await clock.run(LONG);
    expect(second.conflicts).toMatchObject([{ id: "a", theirs: null }]);
    expect(second.outbox.isSaved).toBe(true);
  });
});

describe("what another window saved", () => {
  it("is followed, and then changed without a conflict; what is changed here too is not touched", async () => {
    const { server, clock, page: first } = opened();
    for (const id of ["a", "b", "c"]) first.store.edit("draw", [{ id, after: shape(id) }]);
    await clock.run(LONG);
    const second = new Page(server, clock);
    first.store.edit("move", [{ id: "a", after: shape("a", 50) }, { id: "b", after: shape("b", 50) }, { id: "c", after: null }]);
    await clock.run(LONG);
    second.store.edit("move", [{ id: "b", after: shape("b", 90) }]);
    const news = second.outbox.follow(server.rev, server.since(1));
    expect(news).toEqual([{ id: "a", after: shape("a", 50) }, { id: "c", after: null }]);
    second.store.merge(news.map(({ id }) => ({ id, after: id === "a" ? shape("a", 70) : shape("c", 70) })));
    await clock.run(LONG);
    expect(second.conflicts.map(({ id }) => id)).toEqual(["b"]);
    expect(sameShape(server.current.get("a")!, shape("a", 70))).toBe(true);
    expect(server.current.has("c")).toBe(true);
  });
});

describe("what others saved before one's own change", () => {
  it("is shown before it is said that all is saved", async () => {
    const { server, clock, page: first } = opened();
    const second = new Page(server, clock);
    first.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(LONG);
    second.store.edit("draw", [{ id: "b", after: shape("b") }]);
    // Its own change is stored, but what came before it cannot be asked for.
    let requests = 0;
    server.line = () => (requests++ ? "request lost" : "well");
    await clock.run(1000);
    expect(server.rev).toBe(2);
    expect(second.outbox.isSaved).toBe(false);
    expect(second.outbox.head).toBe(0);
    expect(second.lastWords).toBe("offline: Offline");
    expect(second.kept).toBeNull();
    server.line = () => "well";
    await clock.run(LONG);
    expect(second.lastWords).toBe("saved: Saved");
    expect(second.outbox.head).toBe(2);
    expectSame(second, server);
  });

  it("is shown after a conflict, too", async () => {
    const { server, clock, page: first } = opened();
    first.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(LONG);
    const second = new Page(server, clock);
    first.store.edit("move", [{ id: "a", after: shape("a", 50) }, { id: "b", after: shape("b") }]);
    await clock.run(LONG);
    second.store.edit("move", [{ id: "a", after: shape("a", 90) }]);
    await clock.run(LONG);
    expect(second.conflicts.map(({ id }) => id)).toEqual(["a"]);
    expect(second.outbox.head).toBe(server.rev);
    expect(second.store.has("b")).toBe(true);
  });

  it("is asked for after what is on its way, which they may have changed too", async () => {
    const { server, clock, page: first } = opened();
    first.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(LONG);
    const second = new Page(server, clock);
    server.line = () => "answer lost";
    second.store.edit("move", [{ id: "a", after: shape("a", 50) }]);
    await clock.run(500);
    server.line = () => "well";
    const third = new Page(server, clock);
    third.store.edit("move", [{ id: "a", after: shape("a", 90) }]);
    await clock.run(400);
    expect([server.rev, second.outbox.head]).toEqual([3, 1]);
    second.outbox.hear();
    await clock.run(LONG);
    expect(second.outbox.head).toBe(3);
    expectSame(second, server);
    second.store.edit("move", [{ id: "a", after: shape("a", 120) }]);
    await clock.run(LONG);
    expect(second.conflicts).toEqual([]);
    expectSame(second, server);
  });
});

describe("the number of changes that are kept", () => {
  it("is told when they are, and not before", async () => {
    const { server, clock, page } = opened();
    server.line = () => "request lost";
    page.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(1000);
    let written: () => void = () => {};
    page.disk = () => new Promise((resolve) => (written = resolve));
    page.store.edit("draw", [{ id: "b", after: shape("b") }]);
    await clock.run(100);
    expect(page.lastWords).toBe("offline: Offline, 1 change kept");
    written();
    await clock.run(100);
    expect(page.lastWords).toBe("offline: Offline, 2 changes kept");
  });

  it("is not told where nothing is kept", async () => {
    const { server, clock, page } = opened();
    server.line = () => "request lost";
    page.disk = () => Promise.reject(new Error("no storage"));
    page.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(1000);
    expect(page.lastWords).toBe("offline: Offline, 1 change in this page only: leave it open");
  });
});

describe("a server whose disk is full", () => {
  it("is told as what it is, and gets everything when there is room again", async () => {
    const { server, clock, page } = opened();
    server.isFull = true;
    page.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(3000);
    expect(page.lastWords).toBe("offline: The server's disk is full, 1 change kept");
    server.isFull = false;
    await clock.run(LONG);
    expect(page.lastWords).toBe("saved: Saved");
    expect(server.applied).toBe(1);
  });
});

describe("an answer that does not come", () => {
  it("is not waited for in silence", async () => {
    const { server, clock, page } = opened();
    server.isSlow = true;
    page.store.edit("draw", [{ id: "a", after: shape("a") }]);
    await clock.run(3000);
    expect(page.lastWords).toBe("saving: Saving…");
    await clock.run(10_000);
    expect(page.lastWords).toBe("offline: Offline, 1 change kept");
    server.wake();
    await clock.run(0);
    expect(page.lastWords).toBe("saved: Saved");
  });
});

describe("a shape that the server refuses", () => {
  it("says why, keeps it, and stops no other", async () => {
    const { server, clock, page } = opened();
    server.refuses = (id) => id === "odd";
    for (const id of ["odd", "a"]) page.store.edit("draw", [{ id, after: shape(id) }]);
    await clock.run(LONG);
    expect([...server.current.keys()]).toEqual(["a"]);
    expect(page.lastWords).toBe("refused: 1 shape is not saved: too odd");
    expect(page.kept?.dirty.map(({ id }) => id)).toEqual(["odd"]);
    expect(await page.outbox.flush(10)).toBe(false);
  });

  it("is sent again when it was changed", async () => {
    const { server, clock, page } = opened();
    server.refuses = () => true;
    page.store.edit("draw", [{ id: "odd", after: shape("odd") }]);
    await clock.run(LONG);
    server.refuses = () => false;
    page.store.edit("move", [{ id: "odd", after: shape("odd", 5) }]);
    await clock.run(LONG);
    expect(page.outbox.isSaved).toBe(true);
    expectSame(page, server);
  });
});
