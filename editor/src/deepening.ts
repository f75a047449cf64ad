/** Values beyond 8 bits are fetched when one wants to see them, or has chosen a window before. */

import { decode } from "./ahead";
import type { Editor } from "./editor";
import { NoAnswer, type Api } from "./save/api";
import type { Stage } from "./stage";

export class Deepening {
  private asked: unknown = null;

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
    private readonly stage: Stage,
  ) {}

  /** Ask once for each image. */
  async want(): Promise<void> {
    const { document } = this.editor;
    const url = document?.data.image.deep;
    if (!url || this.asked === document) return;
    this.asked = document;
    try {
      const blob = await this.api.deep(url);
      const bitmap = blob && (await decode(blob, true));
      if (!bitmap) return;
      if (this.editor.document === document) this.stage.deepen(bitmap);
      else bitmap.close();
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.asked = null;
    }
  }
}
