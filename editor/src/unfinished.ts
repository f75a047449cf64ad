/** What is half drawn outlives its page: it is kept in the browser, and goes on when the label is opened again. */

import type { Editor } from "./editor";
import type { Attempt } from "./gesture";
import type { HalfDrawn, KeptHalfDrawn, LeftHalfDrawn } from "./save/journal";
import type { Tool } from "./tools/tool";

export class Unfinished {
  constructor(private readonly editor: Editor) {}

  /** Something half drawn would go with the page: a stroke in hand, or all where the browser stores nothing. */
  get isLosing(): boolean {
    const { document, tools } = this.editor;
    return document?.halfDrawn.isUnkept || [...tools.values()].some(({ isBusy, halfDrawn }) => isBusy && !halfDrawn);
  }

  /** Something may have been drawn, finished or dropped. */
  note(): void {
    const { document, changes } = this.editor;
    const kept = this.all();
    // What was finished, and is still being cut, is a shape nowhere yet.
    if (kept || !changes.isBusy) document?.halfDrawn.keep(kept);
  }

  private all(): KeptHalfDrawn | null {
    const { tools, tool, selection, refused } = this.editor;
    const busy = [...tools.values()].flatMap(({ name, halfDrawn }) => (halfDrawn ? [{ name, kept: halfDrawn }] : []));
    if (!busy.length && !refused) return null;
    return { tools: busy, inHand: tool?.name ?? null, selected: [...selection], refused };
  }

  /** A label was opened, of which pages that are gone left this. */
  async bringBack(left: readonly LeftHalfDrawn[]): Promise<void> {
    const { editable, document, tools } = this.editor;
    const taken: LeftHalfDrawn[] = [];
    for (const one of left) {
      // Where two pages left something of one tool, the second waits for another time.
      const isTaken = one.kept.tools.some(({ name }) => tools.get(name)?.isBusy);
      if (isTaken || (one.kept.refused && this.editor.refused)) continue;
      if (editable) this.goOn(one.kept);
      taken.push(one);
    }
    this.note();
    await document?.halfDrawn.written();
    if (!document?.halfDrawn.isUnkept) for (const { forget } of taken) await forget().catch(() => undefined);
  }

  private goOn({ tools, inHand, selected, refused }: KeptHalfDrawn): void {
    const { editor } = this;
    const busy = tools.flatMap(({ name, kept }) => this.goneOnWith(editor.tools.get(name), kept) ?? []);
    if (busy.length < tools.length) {
      editor.say("What was half drawn here cannot go on: its class or tool is not the same any more.", "warning");
    }
    if (!busy.length && !refused) return;
    const { shapes } = editor.document!.store;
    editor.select(selected.filter((id) => shapes.has(id)));
    if (refused) this.showRefused(refused);
    const tool = busy.find(({ name }) => name === inHand) ?? busy.find((one) => one === editor.tool);
    if (tool) {
      editor.tool = tool;
      editor.drawsOn = true;
      tool.takeUp?.();
    }
    const how = busy.length && !tool ? "Choose its tool to go on." : `Enter ${busy.length ? "finishes it" : "tries it again"}, Esc drops it.`;
    editor.say(`What you had begun to draw is back. ${how}`);
    editor.onPanels();
    editor.onDraw();
  }

  /** It is tried again in its class, unless another is chosen. */
  private showRefused(refused: Attempt): void {
    const { order } = refused;
    const label = order.act === "draw" ? order.blank.class : order.act === "add" ? order.shapes[0].class : null;
    if (this.isOpen(label)) this.editor.activeClass = label;
    this.editor.refused = refused;
  }

  /** The tool, if it still draws that class, and has it in hand now. */
  private goneOnWith(tool: Tool | undefined, kept: HalfDrawn): Tool | null {
    const isDrawn = tool && (kept.label === null || this.isOpen(kept.label)) && this.editor.fits(tool.name, kept.label);
    return isDrawn && tool.goOn?.(kept) ? tool : null;
  }

  private isOpen(label: number | null): boolean {
    return this.editor.labelClass(label)?.archived === false;
  }
}
