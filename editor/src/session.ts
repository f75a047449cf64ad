/** Which label is open: loads it, leaves it only when it is saved, goes to the next. */

import { Ahead } from "./ahead";
import { sayDefaults, showMissing } from "./answers";
import { isValueId } from "./attributes";
import { LabelDocument } from "./document";
import type { Editor } from "./editor";
import { Fetching } from "./fetching";
import type { Range } from "./paint/windowing";
import { NoAnswer, saidBy, type Api, type LabelData, type Missing, type Reply } from "./save/api";
import { bringBack, type BroughtBack } from "./save/leftovers";
import { answerClash, keepBoth, type Clash } from "./conflicts";
import type { Conflict } from "./save/outbox";
import type { Chosen } from "./settings";
import { addCopies } from "./shapecommands";
import { Unfinished } from "./unfinished";
import type { Shape } from "./shapes/types";
import type { Wait } from "./waiting";

export interface Config {
  label: number;
  task: number;
  user: number;
  csrf: string;
  api: string;
  /** My tasks. */
  task_url: string;
  /** The page of label 0; the editor puts in the number. */
  label_url: string;
  login_url: string;
  settings: Partial<Chosen>;
}

/** What comes after a label, as the server says. */
interface Next {
  label: number | null;
  document?: LabelData;
  message?: string;
}

/** Leaving an image waits so long for the last changes to be saved. */
const FLUSH_MS = 4000;
/** Who looks at an image for so long is at work on it, even without drawing. */
const STAY_MS = 4000;

export class Session {
  /** A huge image has no picture: it comes in tiles. */
  onOpened: (document: LabelDocument, picture: ImageBitmap | null, range: Range | null) => void = () => {};
  onSaveState: (document: LabelDocument) => void = () => {};
  onLoading: (words: string, wait?: Wait) => void = () => {};
  /** The label or its image did not come, and nothing more is tried by itself. */
  onMissing: (words: string) => void = () => {};
  isMissing = false;
  /** Two versions of shapes are there, and one has to choose. */
  onClashes: (clashes: Clash[]) => void = () => {};
  /** Is somebody about to choose? */
  isChoosing: () => boolean = () => false;
  private loading: AbortController | null = null;
  private busy = false;
  /** A label whose image is still to come, or does not come. */
  private unseen: LabelData | null = null;
  /** The label that was asked for last, to be asked for again when it did not come. */
  private wanted: number;
  /** Documents that were left while something of theirs was not saved; they go on sending. */
  private readonly behind = new Set<LabelDocument>();
  private readonly ahead: Ahead;
  private readonly fetching: Fetching;
  readonly unfinished: Unfinished;

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
    private readonly config: Config,
  ) {
    this.wanted = config.label;
    this.unfinished = new Unfinished(editor);
    this.ahead = new Ahead(api, config.task);
    this.fetching = new Fetching(api, this.ahead, {
      onLabel: (data) => (this.unseen = data),
      onLoading: (words, wait) => this.onLoading(words, wait),
    });
  }

  /** Is there anything that neither the server nor the browser's storage has? */
  get isUnkept(): boolean {
    const open = this.editor.document;
    return this.unfinished.isLosing || [...this.behind, ...(open ? [open] : [])].some(({ outbox }) => outbox.isUnkept);
  }

  /** Is a label open on this page, or about to be, or still sent from it? */
  holds(label: number): boolean {
    return label === this.wanted || [...this.behind].some(({ data }) => data.id === label);
  }

  get hasPrevious(): boolean {
    return this.editor.document?.data.previous != null;
  }

  get canReopen(): boolean {
    const document = this.editor.document;
    return document?.status === "submitted" && document.data.mine;
  }

  /** Load a label; what is on the screen until then is of no label. */
  async open(id: number, history: "push" | "replace" = "push", known: LabelData | null = null): Promise<void> {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    this.wanted = id;
    this.unseen = null;
    this.isMissing = false;
    this.putAway();
    this.onLoading("Loading…");
    let before: BroughtBack | null = null;
    try {
      await this.finishBehind(id);
      before = await bringBack(this.api, this.config.user, id, loading.signal);
      const { data, picture, range } = await this.fetching.fetch(id, loading.signal, before.changes.length ? null : known);
      if (loading.signal.aborted) return picture?.close();
      const document = new LabelDocument(data, this.api, this.config.user, {
        onSaveState: (of) => this.noteSaveState(of),
        onConflict: (of, conflicts) => this.keepBoth(of, conflicts),
        onStepElsewhere: (of) => this.noteStep(of),
      });
      await document.start(before);
      if (loading.signal.aborted) return document.close();
      this.show(document, history);
      this.onOpened(document, picture, range);
      this.tellOf(before.changes.length, document);
      await this.unfinished.bringBack(before.halfDrawn);
    } catch (problem) {
      if (loading.signal.aborted) return;
      if (!(problem instanceof NoAnswer)) throw problem;
      this.isMissing = true;
      this.onMissing(problem.message);
    } finally {
      before?.release();
    }
  }

  private putAway(): void {
    this.editor.changes.finishNow();
    const { document } = this.editor;
    this.editor.dropDrafts();
    this.unfinished.note();
    this.editor.past = null;
    this.editor.document = null;
    this.editor.selection = new Set();
    if (document?.outbox.isSaved) document.close();
    else if (document) this.behind.add(document);
  }

  /** What was left behind of this very label is sent, or handed over, before it is loaded again. */
  private async finishBehind(id: number): Promise<void> {
    for (const document of [...this.behind].filter(({ data }) => data.id === id)) {
      await document.outbox.flush(FLUSH_MS);
      document.close();
      this.behind.delete(document);
    }
  }

  private noteSaveState(of: LabelDocument): void {
    if (this.behind.has(of) && of.outbox.isSaved) {
      of.close();
      this.behind.delete(of);
    }
    this.onSaveState(of);
  }

  private tellOf(broughtBack: number, document: LabelDocument): void {
    if (!broughtBack) return;
    if (document.editable) this.editor.say("Changes from your last visit were brought back.");
    else this.editor.say("This browser keeps changes of this label that were never sent.", "warning");
  }

  private show(document: LabelDocument, history: "push" | "replace"): void {
    this.editor.document = document;
    this.unseen = null;
    this.prepareNext(document);
    this.editor.task = document.data.task;
    this.editor.dragged = new Map();
    this.editor.hover = null;
    const url = this.urlOf(document.data.id);
    if (history === "push") window.history.pushState(document.data.id, "", url);
    else window.history.replaceState(document.data.id, "", url);
  }

  /** Who draws on it, or stays with it, will want the next. */
  private prepareNext(document: LabelDocument): void {
    if (!document.editable || !document.data.mine) return;
    const prepare = () => {
      if (this.editor.document === document && document.editable) this.ahead.prepare(document.data.id);
    };
    document.store.onChange(prepare);
    setTimeout(prepare, STAY_MS);
  }

  async previous(): Promise<void> {
    const id = this.editor.document?.data.previous;
    if (id != null && (await this.leave())) await this.open(id);
  }

  /** The browser's Back and Forward have gone to the address of a label already. */
  async follow(id: number): Promise<void> {
    // While a label is loading, nothing can be lost.
    let mayGo = this.editor.document === null;
    if (!mayGo) await this.once(async () => void (mayGo = await this.leave()));
    if (mayGo) return this.open(id, "replace");
    window.history.pushState(this.wanted, "", this.urlOf(this.wanted));
  }

  async next(): Promise<void> {
    const document = this.editor.document;
    if (!document) return this.open(this.wanted, "replace");
    await this.once(async () => {
      if (!(await this.leave())) return;
      const next = document.data.next ?? this.ahead.newerThan(document.data.id);
      if (next !== null) return this.open(next);
      await this.claim(document);
    });
  }

  /** Submit what is drawn, and go on with the next image. */
  async complete(): Promise<void> {
    const document = this.editor.document;
    if (!document?.editable) return;
    await this.once(async () => {
      if (!this.isFinished()) return;
      sayDefaults(this.editor);
      if (!(await this.leave())) return;
      if (!document.outbox.isSaved) return this.editor.say(document.saveWords, "warning");
      const ready = this.ahead.dataAfter(document.data.id);
      const inHand = ready && { label: ready.id, rev: ready.rev };
      const reply = await this.held(document, async () => {
        await document.rejections.flush();
        return this.api.submit(document.data.id, document.outbox.head, inHand);
      });
      if (!reply) return;
      if (reply.body.missing) showMissing(this.editor, reply.body.missing as Missing[]);
      if (reply.status !== 200) return this.editor.say(saidBy(reply), "warning");
      // What was fetched before does not know of it.
      for (const data of [document.data, ready]) if (data) data.task.progress.submitted += 1;
      document.company.tell(document.outbox.head, true);
      document.stepTo("submitted");
      this.onSaveState(document);
      // Not simply the neighbour: what was sent back, or begun and left, comes before it.
      await this.goOn(reply.body.next as Next, ready);
    });
  }

  /** Draw here what is drawn on the image before, as in a film. */
  async repeatPrevious(): Promise<void> {
    const { document } = this.editor;
    const id = document?.data.previous;
    if (id == null) return;
    const reply = await this.answer(this.api.label(id, AbortSignal.timeout(20_000)));
    if (!reply || this.editor.document !== document) return;
    if (reply.status !== 200) return this.editor.say(saidBy(reply), "warning");
    const shapes = (reply.body as unknown as LabelData).shapes.map(({ rev: _, ...shape }) => shape as Shape);
    if (!shapes.length) return this.editor.say("The previous image is empty.", "warning");
    addCopies(this.editor, "repeat the previous image", shapes, false);
  }

  get canGiveBack(): boolean {
    return Boolean(this.editor.document?.editable || this.unseen?.editable);
  }

  /** A page of its own asks why; what is drawn stays for the next one. */
  async giveBack(): Promise<void> {
    const id = this.editor.document?.data.id ?? this.unseen?.id;
    if (id !== undefined && (await this.leave())) location.assign(`${this.urlOf(id)}give-back/`);
  }

  urlOf(id: number): string {
    return this.config.label_url.replace(/\b0\b/, String(id));
  }

  async reopen(): Promise<void> {
    const document = this.editor.document;
    if (!document) return;
    const reply = await this.answer(this.api.reopen(document.data.id));
    if (reply?.status === 200) document.company.tell(document.outbox.head, true);
    if (reply?.status === 200) await this.open(document.data.id, "replace");
    else if (reply) this.editor.say(saidBy(reply), "warning");
  }

  /** Open what the server gives after a label. */
  private async claim(after: LabelDocument): Promise<void> {
    const reply = await this.held(after, () => this.api.claim(this.config.task, after.data.id));
    if (!reply) return;
    if (reply.status !== 200) return this.editor.say(saidBy(reply), "warning");
    await this.goOn(reply.body as unknown as Next, null);
  }

  /** Open what was claimed; `ready` is it if no document came along. */
  private async goOn({ label, document, message }: Next, ready: LabelData | null): Promise<void> {
    const known = document ?? (ready?.id === label ? ready : null);
    if (label !== null) return this.open(label, "push", known);
    this.editor.say(`${message} Thank you!`);
    this.editor.onPanels();
    this.editor.onDraw();
  }

  /** May this image be left? Waits for the server, and says so when it does not answer. */
  private async leave(): Promise<boolean> {
    const { document, refused } = this.editor;
    if (!document) return true;
    let isSaved = false;
    do {
      await this.editor.changes.settled();
      if (!this.isFinished(refused)) return false;
      isSaved = await document.outbox.flush(FLUSH_MS);
      if (this.isChoosing() || this.editor.document !== document) return false;
      // One may have drawn on meanwhile.
    } while (this.editor.changes.isBusy);
    if (!this.isFinished(refused)) return false;
    if (isSaved) return true;
    const { saveState } = document;
    // Waiting longer changes nothing; it is kept in the browser, and the bar says why.
    if (saveState === "stopped" || saveState === "refused") return true;
    this.editor.say("Not everything is saved yet, so this image stays open.", "warning");
    return false;
  }

  /**
   * Nothing that is half drawn is lost by a key that opens another image, nor what was refused just
   * now, which has been said. What was `refused` before is given up by going on.
   */
  private isFinished(refused = this.editor.refused): boolean {
    const { editor } = this;
    if (editor.refused && editor.refused !== refused) return false;
    const busy = [...editor.tools.values()].find(({ isBusy }) => isBusy);
    if (!busy) return true;
    editor.setTool(busy.name);
    return editor.refuse("Something is half drawn: finish it (Enter) or drop it (Esc).");
  }

  /** One step at a time: a second click while the first is under way does nothing. */
  private async once(act: () => Promise<void>): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      await act();
    } finally {
      this.busy = false;
    }
  }

  /** Ask the server what comes after a label, on which nothing is drawn meanwhile. */
  private async held(document: LabelDocument, ask: () => Promise<Reply>): Promise<Reply | null> {
    document.isHeld = true;
    this.editor.onPanels();
    const reply = await this.answer(ask());
    document.isHeld = false;
    this.editor.onPanels();
    return reply;
  }

  private async answer(call: Promise<Reply>): Promise<Reply | null> {
    try {
      return await call;
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.editor.say("The server does not answer. Try again soon.", "warning");
      return null;
    }
  }

  private keepBoth(document: LabelDocument, conflicts: Conflict[]): void {
    const clashes = keepBoth(document, conflicts);
    if (document !== this.editor.document) return;
    this.onClashes(clashes);
    const answers = conflicts.filter(({ id }) => isValueId(id));
    if (answers.length) this.editor.say(answerClash(this.editor.task?.attributes ?? [], answers[0]), "warning");
  }

  private noteStep(of: LabelDocument): void {
    if (of !== this.editor.document) return;
    this.editor.tool?.cancel();
    this.editor.say("This image was completed or opened again in another window. Reload to see it.", "warning");
    this.onSaveState(of);
    this.editor.onDraw();
  }
}
