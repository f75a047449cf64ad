/** Time on an image in which somebody really worked: it rests a minute after the last input. */

export const RESTS_AFTER_MS = 60_000;

export class Stopwatch {
  /** Of this sitting, without what the clock has not counted yet. */
  private counted = 0;
  private last: number;
  private countedTo: number;

  constructor(now: number) {
    this.last = this.countedTo = now;
  }

  /** Somebody moved the pointer, pressed a key, turned the wheel. */
  note(now: number): void {
    this.count(now);
    this.last = this.countedTo = now;
  }

  /** The page was hidden: the minute after the last input is not waited for. */
  rest(now: number): void {
    this.count(now);
    this.last = -Infinity;
  }

  isRunning(now: number): boolean {
    return now - this.last < RESTS_AFTER_MS;
  }

  /** Whole seconds until now. */
  seconds(now: number): number {
    this.count(now);
    return Math.floor(this.counted / 1000);
  }

  private count(now: number): void {
    const until = Math.min(now, this.last + RESTS_AFTER_MS);
    if (until > this.countedTo) this.counted += until - this.countedTo;
    this.countedTo = Math.max(this.countedTo, until);
  }
}
