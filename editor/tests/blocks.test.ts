import { describe, expect, it } from "vitest";
import { NOTHING_STORED, planOf, type Plan } from "../src/save/blocks";
import type { KeptChange } from "../src/save/blocks";
import { polygon, random, square } from "./making";

// Ten changes of four corners.
const MOST = 160;
const change = (id: string, x = 0, base = 1): KeptChange => ({ id, base, shape: polygon(id, [square(x, 0, 10)]) });
const many = (count: number, x = 0) => Array.from({ length: count }, (_, i) => change(`shape ${i}`, x));

/** What lies in the storage, as the steps of the plans left it. */
class Disk {
  stored = NOTHING_STORED;
  readonly blocks = new Map<number, readonly KeptChange[]>();

  write(changes: readonly KeptChange[]): Plan {
    const plan = planOf(this.stored, changes, MOST);
    for (const number of plan.remove) this.blocks.delete(number);
    for (const [number, block] of plan.put) this.blocks.set(number, block);
    this.stored = plan.then;
    return plan;
  }

  get all(): KeptChange[] {
    return [...this.stored.first, ...[...this.blocks.values()].flat()];
  }
}

const sorted = (changes: readonly KeptChange[]) => [...changes].sort((a, b) => (a.id < b.id ? -1 : 1));

describe("unsaved changes in blocks", () => {
  it("lie with the rest of the record as long as they are few", () => {
    const disk = new Disk();
    disk.write(many(3));
    expect([disk.all.length, disk.blocks.size]).toEqual([3, 0]);
  });

  it("are written in several when they are many, none of them large", () => {
    const disk = new Disk();
    disk.write(many(100));
    expect([disk.all.length, disk.blocks.size]).toEqual([100, 10]);
  });

  it("are written again only where something is different", () => {
    const disk = new Disk();
    const changes = many(100);
    disk.write(changes);
    const plan = disk.write([...changes.slice(0, 95), change("shape 95", 5), ...changes.slice(96), change("new")]);
    expect([plan.put.length, plan.remove]).toEqual([2, []]);
    // As they are saved, they go.
    expect(disk.write(changes.slice(20, 95)).put.length).toBe(1);
    disk.write([]);
    expect([disk.all, disk.blocks.size]).toEqual([[], 0]);
  });

  it("are another change on another base, or when nobody takes them", () => {
    const disk = new Disk();
    const changes = many(20);
    disk.write(changes);
    const [first, second, ...rest] = changes;
    disk.write([{ ...first, base: 2 }, { ...second, why: "too odd" }, ...rest]);
    expect(sorted(disk.all)).toEqual(sorted([{ ...first, base: 2 }, { ...second, why: "too odd" }, ...rest]));
  });

  it("are always exactly those that were given", () => {
    for (let seed = 1; seed <= 30; seed++) {
      const chance = random(seed);
      const disk = new Disk();
      const now = new Map<string, KeptChange>();
      for (let round = 0; round < 40; round++) {
        const ids = Array.from({ length: chance() * 60 }, () => `shape ${Math.floor(chance() * 120)}`);
        for (const id of ids) {
          if (chance() < 0.4) now.delete(id);
          else now.set(id, chance() < 0.2 ? { id, base: 1, shape: null } : change(id, round, Math.floor(chance() * 3)));
        }
        disk.write([...now.values()]);
        expect(sorted(disk.all)).toEqual(sorted([...now.values()]));
      }
    }
  });
});
