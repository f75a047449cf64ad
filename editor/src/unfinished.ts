/** What is half drawn outlives its page: it is kept in the browser, and goes on when the label is opened again. */

import type { Editor } from "./editor";
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
    const { tools, tool, selection } = this.editor;
    const busy = [...tools.values()].flatMap(({ name, halfDrawn }) => (halfDrawn ? [{ name, kept: halfDrawn }] : []));
    return busy.length ? { tools: busy, inHand: tool?.name ?? null, selected: [...selection] } : null;
  }

  /** A label was opened, of which pages that are gone left this. */
  async bringBack(left: readonly LeftHalfDrawn[]): Promise<void> {
    const { editable, document, tools } = this.editor;
    const taken: LeftHalfDrawn[] = [];
    for (const one of left) {
      // Where two pages left something of one tool, the second waits for another time.
      if (one.kept.tools.some(({ name }) => tools.get(name)?.isBusy)) continue;
      if (editable) this.goOn(one.kept);
      taken.push(one);
    }
    this.note();
    await document?.halfDrawn.written();
    if (!document?.halfDrawn.isUnkept) for (const { forget } of taken) await forget().catch(() => undefined);
  }

  private goOn({ tools, inHand, selected }: KeptHalfDrawn): void {
    const { editor } = this;
    const busy = tools.flatMap(({ name, kept }) => this.goneOnWith(editor.tools.get(name), kept) ?? []);
    if (!busy.length) return editor.say("What was half drawn here cannot go on: its class or tool is not the same any more.", "warning");
    const { shapes } = editor.document!.store;
    editor.select(selected.filter((id) => shapes.has(id)));
    const tool = busy.find(({ name }) => name === inHand) ?? busy.find((one) => one === editor.tool);
    if (tool) {
      editor.tool = tool;
      editor.drawsOn = true;
      tool.takeUp?.();
    }
    const how = tool ? "Enter finishes it, Esc drops it." : "Choose its tool to go on.";
    editor.say(`What you had begun to draw is back. ${how}`);
    editor.onPanels();
    editor.onDraw();
  }

  /** The tool, if it still draws that class, and has it in hand now. */
  private goneOnWith(tool: Tool | undefined, kept: HalfDrawn): Tool | null {
    const { label } = kept;
    const isDrawn = label === null || this.editor.labelClass(label)?.archived === false;
    return tool && isDrawn && this.editor.fits(tool.name, label) && tool.goOn?.(kept) ? tool : null;
  }
}
