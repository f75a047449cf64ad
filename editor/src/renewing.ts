/** While one works on an image: it stays one's own, and the classes are those that the task has now. */

import type { Editor } from "./editor";
import { NoAnswer, type Api } from "./save/api";

/** A save keeps an image one's own; who only looks at it for long keeps it by asking again. */
const RENEW_MS = 10 * 60_000;
const LOOK_MS = 60_000;

export class Renewing {
  private seen = Date.now();

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
    private readonly learnClasses: () => Promise<void>,
  ) {}

  start(): void {
    const note = () => (this.seen = Date.now());
    for (const name of ["pointerdown", "keydown", "wheel"]) window.addEventListener(name, note, { passive: true });
    setInterval(() => void this.renew(), RENEW_MS);
    setInterval(() => this.isAtWork(LOOK_MS) && void this.look(), LOOK_MS);
    document.addEventListener("visibilitychange", () => !document.hidden && void this.look());
  }

  /** Have the classes of the task changed since the image was opened? */
  async look(): Promise<void> {
    await this.unlessAway(this.learnClasses);
  }

  private renew(): Promise<void> | null {
    const { document } = this.editor;
    if (!document?.editable || !this.isAtWork(RENEW_MS)) return null;
    return this.unlessAway(() => this.api.label(document.data.id, AbortSignal.timeout(20_000)));
  }

  private isAtWork(ms: number): boolean {
    return Date.now() - this.seen <= ms;
  }

  /** Next time will do as well. */
  private async unlessAway(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
    }
  }
}
