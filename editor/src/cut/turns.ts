/** Changes of the shapes come one after the other, in the order in which they were asked for. */

type Act = (done: () => void) => void;

export class Turns {
  private readonly waiting: Act[] = [];
  private isRunning = false;
  /** Where what an act asks for comes in: right after it, before what others asked for. */
  private inner: number | null = null;
  /** Whoever has the turn is not done. */
  isTaken = false;

  constructor(private readonly onFree: () => void = () => {}) {}

  /** Act at once if nobody has the turn, else after the others; it ends with a call of `done`. */
  take(act: Act): void {
    this.waiting.splice(this.inner ?? this.waiting.length, 0, act);
    if (this.inner !== null) this.inner++;
    this.next();
  }

  /** Resolves when all that was asked for until now is done. */
  settled(): Promise<void> {
    return new Promise((resolve) =>
      this.take((done) => {
        resolve();
        done();
      }),
    );
  }

  private next(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      while (!this.isTaken && this.waiting.length) this.give(this.waiting.shift()!);
    } finally {
      this.isRunning = false;
    }
  }

  private give(act: Act): void {
    const end = () => {
      this.isTaken = false;
      this.next();
      if (!this.isTaken) this.onFree();
    };
    this.isTaken = true;
    this.inner = 0;
    try {
      act(end);
    } catch (problem) {
      this.isTaken = false;
      throw problem;
    } finally {
      this.inner = null;
    }
  }
}
