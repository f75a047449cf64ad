/** Tells the server which suggestions are rejected: the whole of it, until it has it. */

import type { Api } from "./api";

const QUIET_MS = 300;
const RETRY_MS = [1000, 3000, 10_000, 30_000];

export class Rejections {
  private timer = 0;
  private failures = 0;
  private isTold = true;
  private telling: Promise<void> | null = null;

  constructor(
    private readonly api: Api,
    private readonly label: number,
    private readonly ids: () => string[],
  ) {}

  /** Others are rejected than before. */
  note(): void {
    this.isTold = false;
    this.later(QUIET_MS);
  }

  /** Tell it now; resolves when it was tried. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    await this.telling;
    if (!this.isTold) await (this.telling = this.tell());
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.flush(), ms);
  }

  private async tell(): Promise<void> {
    this.isTold = true;
    const hasIt = await this.api.tellRejected(this.label, this.ids());
    if (hasIt) this.failures = 0;
    else {
      this.isTold = false;
      const wait = RETRY_MS[this.failures++];
      // A label that is closed meanwhile never takes it; it is not asked for ever.
      if (wait) this.later(wait);
    }
  }
}
