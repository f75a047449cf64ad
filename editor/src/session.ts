/** Which label is open: loads it, leaves it only when it is saved, goes to the next. */

import { LabelDocument } from "./document";
import type { Editor } from "./editor";
import { NoAnswer, type Api, type LabelData, type Reply } from "./save/api";
import type { Conflict } from "./save/outbox";
import type { Shape } from "./shapes/types";

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
}

/** Leaving an image waits so long for the last changes to be saved. */
const FLUSH_MS = 4000;

export class Session {
  onOpened: (document: LabelDocument) => Promise<void> = async () => {};
  onSaveState: (document: LabelDocument) => void = () => {};
  onLoading: (words: string) => void = () => {};
  private loading: AbortController | null = null;
  private busy = false;

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
    private readonly config: Config,
  ) {}

  get hasPrevious(): boolean {
    return this.editor.document?.data.previous != null;
  }

  get canReopen(): boolean {
    const document = this.editor.document;
    return document?.status === "submitted" && document.data.mine;
  }

  /** Load a label; what is on the screen until then is of no label. */
  async open(id: number, history: "push" | "replace" | "none" = "push"): Promise<void> {
    this.loading?.abort();
    const loading = (this.loading = new AbortController());
    this.editor.tool?.cancel();
    this.editor.document = null;
    this.editor.selection = new Set();
    this.onLoading("Loading…");
    try {
      const { data, picture } = await this.fetch(id, loading.signal);
      const document = new LabelDocument(data, picture, this.api, this.config.user, {
        onSaveState: (of) => this.onSaveState(of),
        onConflict: (of, conflicts) => this.keepBoth(of, conflicts),
      });
      const wasKept = await document.restore();
      if (loading.signal.aborted) return;
      this.show(document, history);
      await this.onOpened(document);
      if (wasKept && document.editable) this.editor.say("Changes from before were brought back.");
      if (wasKept && !document.editable) {
        this.editor.say("This browser keeps unsent changes of this label.", "warning");
      }
    } catch (problem) {
      if (loading.signal.aborted) return;
      if (!(problem instanceof NoAnswer)) throw problem;
      this.onLoading(`${problem.message} Press → or reload to try again.`);
    }
  }

  private async fetch(id: number, signal: AbortSignal): Promise<{ data: LabelData; picture: ImageBitmap }> {
    const reply = await this.api.label(id, signal);
    if (reply.status === 401) location.assign(location.href);
    if (reply.status !== 200) throw new NoAnswer(words(reply));
    const data = reply.body as unknown as LabelData;
    const blob = await this.api.picture(data.image.url, signal);
    const picture = await createImageBitmap(blob, { imageOrientation: "none" }).catch(() => null);
    if (!picture) throw new NoAnswer("The image file cannot be shown; tell the staff.");
    if (picture.width !== data.image.width || picture.height !== data.image.height) {
      throw new NoAnswer("The image file has changed since it was imported; tell the staff.");
    }
    return { data, picture };
  }

  private show(document: LabelDocument, history: "push" | "replace" | "none"): void {
    this.editor.document = document;
    this.editor.task = document.data.task;
    this.editor.dragged = new Map();
    this.editor.hover = null;
    const url = this.config.label_url.replace(/\b0\b/, String(document.data.id));
    if (history === "push") window.history.pushState(document.data.id, "", url);
    if (history === "replace") window.history.replaceState(document.data.id, "", url);
  }

  async previous(): Promise<void> {
    const id = this.editor.document?.data.previous;
    if (id != null && (await this.leave())) await this.open(id);
  }

  async next(): Promise<void> {
    const document = this.editor.document;
    if (!document) return this.open(this.config.label, "replace");
    await this.once(async () => {
      if (!(await this.leave())) return;
      if (document.data.next !== null) return this.open(document.data.next);
      await this.claim(document.data.id);
    });
  }

  /** Submit what is drawn, and go on with the next image. */
  async complete(): Promise<void> {
    const document = this.editor.document;
    if (!document?.editable) return;
    await this.once(async () => {
      this.editor.tool?.cancel();
      if (!(await this.leave())) return;
      const reply = await this.answer(this.api.submit(document.data.id, document.outbox.head));
      if (!reply) return;
      if (reply.status !== 200) return this.editor.say(words(reply), "warning");
      document.status = "submitted";
      document.editable = false;
      this.onSaveState(document);
      if (document.data.next !== null) return this.open(document.data.next);
      await this.claim(document.data.id);
    });
  }

  async reopen(): Promise<void> {
    const document = this.editor.document;
    if (!document) return;
    const reply = await this.answer(this.api.reopen(document.data.id));
    if (reply?.status === 200) await this.open(document.data.id, "replace");
    else if (reply) this.editor.say(words(reply), "warning");
  }

  private async claim(after: number): Promise<void> {
    const reply = await this.answer(this.api.claim(this.config.task, after));
    if (!reply) return;
    if (reply.status !== 200) return this.editor.say(words(reply), "warning");
    if (typeof reply.body.label === "number") return this.open(reply.body.label);
    this.editor.say(`${reply.body.message} Thank you!`);
    this.editor.onPanels();
  }

  /** May this image be left? Waits for the server, and says so when it does not answer. */
  private async leave(): Promise<boolean> {
    const document = this.editor.document;
    if (!document || (await document.outbox.flush(FLUSH_MS))) return true;
    const { saveState } = document;
    if (saveState === "stopped") return true;
    this.editor.say("Not everything is saved yet, so this image stays open. It is tried again.", "warning");
    return false;
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

  private async answer(call: Promise<Reply>): Promise<Reply | null> {
    try {
      return await call;
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.editor.say("The server does not answer. Try again in a moment.", "warning");
      return null;
    }
  }

  /** Take the server's version; a version of mine that differs becomes a shape of its own. */
  private keepBoth(document: LabelDocument, conflicts: Conflict[]): void {
    document.takeTheirs(conflicts.map(({ id, theirs }) => ({ id, after: theirs })));
    const copies = conflicts.flatMap(({ mine, theirs }) => {
      const isSame = JSON.stringify(mine?.geom) === JSON.stringify(theirs?.geom);
      if (!mine || (theirs && isSame && mine.class === theirs.class)) return [];
      const id = crypto.randomUUID();
      return [{ id, after: { ...mine, id, z: document.store.nextZ } as Shape }];
    });
    document.store.edit("keep my version", copies);
    const n = conflicts.length;
    this.editor.say(
      `Conflict: ${n} ${n === 1 ? "shape was" : "shapes were"} changed elsewhere. Both versions are kept; delete the wrong one.`,
      "warning",
    );
    this.editor.select(copies.map(({ id }) => id));
  }
}

const words = (reply: Reply): string => String(reply.body.message ?? `The server answers ${reply.status}.`);
