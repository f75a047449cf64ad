/** What one opens by a command. Its code comes when the first image is on the screen. */

import type { Command } from "../commands";
import type { Editor } from "../editor";
import type { Settings } from "../settings";
import type { TimeLine } from "../timeline";
import { HistoryPanel, PastBar } from "./history";
import { LookPanel } from "./lookpanel";
import { Palette } from "./palette";
import { ShortcutSheet } from "./sheet";
import { SimplifyBar } from "./simplify";

export class EditorWindows {
  readonly sheet: ShortcutSheet;
  readonly palette: Palette;
  readonly simplify: SimplifyBar;
  readonly looks: LookPanel;
  readonly history: HistoryPanel;
  readonly pastBar: PastBar;

  constructor(
    editor: Editor,
    settings: Settings,
    timeline: TimeLine,
    root: HTMLElement,
    commands: () => readonly Command[],
    onLooks: () => void,
  ) {
    this.sheet = new ShortcutSheet(commands, settings);
    this.palette = new Palette(commands);
    this.simplify = new SimplifyBar(editor);
    this.looks = new LookPanel(settings, onLooks);
    this.history = new HistoryPanel(editor, timeline, root);
    this.pastBar = new PastBar(editor);
  }

  update(): void {
    this.simplify.update();
    this.history.update();
    this.pastBar.update();
  }
}
