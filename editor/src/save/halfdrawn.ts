/** What is half drawn on one label outlives its page, beside the journal of what is drawn. */

import type { BrowserJournal, KeptHalfDrawn } from "./journal";
import { Latest } from "./latest";

export class HalfDrawnKeeper {
  private text = "null";
  private readonly latest: Latest<KeptHalfDrawn | null>;

  /** `drawn` resolves when the journal has what was finished: until then it stays half drawn. */
  constructor(journal: BrowserJournal, drawn: () => Promise<void>) {
    this.latest = new Latest(async (kept) => {
      if (!kept) await drawn();
      await journal.writeHalfDrawn(kept);
    });
  }

  /** Something is half drawn that the browser's storage has not got. */
  get isUnkept(): boolean {
    return this.text !== "null" && (this.latest.isWriting || this.latest.hasFailed);
  }

  keep(kept: KeptHalfDrawn | null): void {
    const text = JSON.stringify(kept);
    if (text === this.text) return;
    this.text = text;
    this.latest.keep(kept);
  }

  keepNow(): void {
    this.latest.keepNow();
  }

  written(): Promise<void> {
    return this.latest.written();
  }
}
