/** What stands around the image or opens over it, and is not drawn with. Its code comes beside the first image. */

import { learnClasses } from "../classnews";
import type { Command } from "../command";
import { Comments } from "../comments";
import type { LabelDocument } from "../document";
import type { Editor } from "../editor";
import { toggleOthers } from "../others";
import type { Api } from "../save/api";
import { Reviewing } from "../reviewing";
import type { Session } from "../session";
import type { Settings } from "../settings";
import { TimeLine } from "../timeline";
import { HistoryPanel, PastBar } from "./history";
import { LookPanel } from "./lookpanel";
import { Minimap } from "./minimap";
import { Palette } from "./palette";
import { Panel } from "./panel";
import { Pins } from "./pins";
import { SendBackWindow } from "./sendback";
import { ShortcutSheet } from "./sheet";
import { SimplifyBar } from "./simplify";
import { VersionsWindow } from "./versions";

/** What the surroundings need of the page. */
export interface Page {
  readonly root: HTMLElement;
  readonly session: Session;
  /** Where the panel is put. */
  readonly beside: HTMLElement;
  commands(): readonly Command[];
  onLooks(): void;
  updatePanels(): void;
  /** Give the keys back to the image. */
  toStage(): void;
}

export class Surroundings {
  readonly panel: Panel;
  readonly comments: Comments;
  readonly pins: Pins;
  readonly sheet: ShortcutSheet;
  readonly palette: Palette;
  readonly simplify: SimplifyBar;
  readonly looks: LookPanel;
  readonly minimap: Minimap;
  readonly timeline: TimeLine;
  readonly history: HistoryPanel;
  readonly pastBar: PastBar;
  readonly versions: VersionsWindow;
  readonly reviewing: Reviewing;
  readonly sendBack: SendBackWindow;

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
    settings: Settings,
    private readonly page: Page,
  ) {
    const { root, beside, commands, onLooks, updatePanels, toStage } = page;
    const keyOf = (id: string) => commands().find((command) => command.id === id)?.keys[0];
    this.comments = new Comments(editor, api);
    this.panel = new Panel(editor, beside, keyOf, toStage, this.comments);
    this.pins = new Pins(editor, this.comments, () => this.inPanel());
    this.sheet = new ShortcutSheet(commands, settings);
    this.palette = new Palette(commands);
    this.minimap = new Minimap(editor);
    this.timeline = new TimeLine(editor, api, updatePanels);
    this.simplify = new SimplifyBar(editor);
    this.looks = new LookPanel(settings, onLooks);
    this.history = new HistoryPanel(editor, this.timeline, root);
    this.pastBar = new PastBar(editor);
    this.versions = new VersionsWindow(editor, toStage);
    this.reviewing = new Reviewing(editor, api, page.session);
    this.sendBack = new SendBackWindow(editor, this.comments, this.reviewing, toStage);
    beside.append(this.history.element);
    this.comments.onChange = () => {
      this.panel.comments.update();
      this.pins.update();
      updatePanels();
    };
    this.comments.onDraft = () => this.inPanel().comments.startWriting();
    this.setCommands(commands());
    if (editor.document) this.open(editor.document);
  }

  /** What is in the panel is of use only while one sees it. */
  inPanel(): Panel {
    this.page.root.classList.remove("without-panel");
    return this.panel;
  }

  /** A label was opened. */
  open({ data, store }: LabelDocument): void {
    store.onChange(() => this.timeline.compare());
    this.panel.open();
    this.comments.open(data.id, data.comments);
    this.timeline.reset();
    this.minimap.open();
  }

  /** Buttons and the panel name the keys that are in force. */
  setCommands(commands: readonly Command[]): void {
    this.panel.setCommands(commands);
    this.pastBar.setCommands((id) => commands.find((command) => command.id === id)!);
  }

  toggleOthers(): void {
    void toggleOthers(this.editor, this.api);
  }

  learnClasses(): Promise<void> {
    return learnClasses(this.editor, this.api);
  }

  update(): void {
    this.panel.update();
    this.simplify.update();
    this.history.update();
    this.pastBar.update();
  }

  /** The image is seen from elsewhere. */
  place(): void {
    this.minimap.update();
    this.pins.place();
  }
}
