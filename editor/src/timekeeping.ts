/** Counts the time of work on the open label, shows it, and tells the server. */

import type { Api } from "./save/api";
import { newId } from "./shapes/ids";
import { Stopwatch } from "./stopwatch";

/** So much is lost at most when the browser crashes. */
const REPORT_MS = 20_000;
const TICK_MS = 1000;
const INPUTS = ["pointerdown", "pointermove", "keydown", "wheel"] as const;

interface Sitting {
  label: number;
  id: string;
  watch: Stopwatch;
  /** Of earlier sittings. */
  before: number;
  told: number;
}

export class Timekeeper {
  onTick: () => void = () => {};
  private sitting: Sitting | null = null;

  constructor(private readonly api: Api) {
    for (const type of INPUTS) {
      addEventListener(type, () => this.sitting?.watch.note(Date.now()), { capture: true, passive: true });
    }
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "hidden") return;
      this.sitting?.watch.rest(Date.now());
      this.report();
    });
    setInterval(() => this.onTick(), TICK_MS);
    setInterval(() => this.report(), REPORT_MS);
  }

  /** Another label, or one that is not counted: somebody else's. */
  open(label: number | null, before = 0): void {
    this.report();
    const watch = new Stopwatch(Date.now());
    this.sitting = label === null ? null : { label, id: newId(), watch, before, told: 0 };
    this.onTick();
  }

  get isRunning(): boolean {
    return this.sitting?.watch.isRunning(Date.now()) ?? false;
  }

  /** Of all sittings at this label; null when it is not counted. */
  get seconds(): number | null {
    return this.sitting && this.sitting.before + this.sitting.watch.seconds(Date.now());
  }

  private report(): void {
    const { sitting } = this;
    const seconds = sitting?.watch.seconds(Date.now()) ?? 0;
    if (!sitting || seconds <= sitting.told) return;
    // What does not arrive is told with the next seconds: they are those of the whole sitting.
    sitting.told = seconds;
    void this.api.tellTime(sitting.label, sitting.id, seconds);
  }
}
