/** Writes what has become of something; of what comes while a write is under way, the latest. */
export class Latest<T> {
  /** The last write failed: the browser stores nothing, or has no room. */
  hasFailed = false;
  private next: { value: T } | null = null;
  private writing: Promise<void> | null = null;

  constructor(private readonly write: (value: T) => Promise<unknown>) {}

  get isWriting(): boolean {
    return this.writing !== null;
  }

  keep(value: T): void {
    this.next = { value };
    this.writing ??= this.run();
  }

  /** The page goes away: what waits is written without waiting for what is being written. */
  keepNow(): void {
    if (this.next) void this.write(this.next.value).catch(() => undefined);
  }

  /** Resolves when nothing is left to write, or it failed. */
  async written(): Promise<void> {
    await this.writing;
  }

  private async run(): Promise<void> {
    try {
      while (this.next) {
        const { value } = this.next;
        this.next = null;
        await this.write(value);
      }
      this.hasFailed = false;
    } catch {
      this.next = null;
      this.hasFailed = true;
    }
    this.writing = null;
  }
}
