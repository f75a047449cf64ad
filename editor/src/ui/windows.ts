/** What opens over the image, mostly by a command. Its code comes when the first image is on the screen. */

import type { Command } from "../commands";
import type { Editor } from "../editor";
import { toggleOthers } from "../others";
import type { Api } from "../save/api";
import type { Settings } from "../settings";
import { TimeLine } from "../timeline";
import { HistoryPanel, PastBar } from "./history";
import { LookPanel } from "./lookpanel";
import { Minimap } from "./minimap";
import { Palette } from "./palette";
import { ShortcutSheet } from "./sheet";
import { SimplifyBar } from "./simplify";
import { VersionsWindow } from "./versions";

/** What the windows need of the page. */
interface Page {
  commands(): readonly Command[];
  onLooks(): void;
  updatePanels(): void;
  /** Give the keys back to the image. */
  toStage(): void;
}

export class EditorWindows {
  readonly sheet: ShortcutSheet;
  readonly palette: Palette;
  readonly simplify: SimplifyBar;
  readonly looks: LookPanel;
  readonly minimap: Minimap;
  readonly timeline: TimeLine;
  readonly history: HistoryPanel;
  readonly pastBar: PastBar;
  readonly versions: VersionsWindow;

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
    settings: Settings,
    root: HTMLElement,
    { commands, onLooks, updatePanels, toStage }: Page,
  ) {
    this.sheet = new ShortcutSheet(commands, settings);
    this.palette = new Palette(commands);
    this.minimap = new Minimap(editor);
    this.timeline = new TimeLine(editor, api, updatePanels);
    this.simplify = new SimplifyBar(editor);
    this.looks = new LookPanel(settings, onLooks);
    this.history = new HistoryPanel(editor, this.timeline, root);
    this.pastBar = new PastBar(editor);
    this.versions = new VersionsWindow(editor, toStage);
  }

  toggleOthers(): void {
    void toggleOthers(this.editor, this.api);
  }

  update(): void {
    this.simplify.update();
    this.history.update();
    this.pastBar.update();
  }
}
