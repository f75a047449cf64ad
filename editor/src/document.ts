/** One opened label. It owns its id: what is drawn here can only ever be saved here. */

import type { Api, LabelData, Reply, Status } from "./save/api";
import { HalfDrawnKeeper } from "./save/halfdrawn";
import { BrowserJournal } from "./save/journal";
import type { BroughtBack } from "./save/leftovers";
import { Company } from "./save/company";
import { Outbox, type Conflict, type SaveState, type ServerState } from "./save/outbox";
import { Rejections } from "./save/rejections";
import { fitting, shortened, UndoKeeper } from "./save/undo";
import { newId } from "./shapes/ids";
import { valueOf } from "./save/wire";
import { Store, type NewState } from "./shapes/store";
import type { Shape } from "./shapes/types";

export interface DocumentEvents {
  onSaveState(document: LabelDocument): void;
  onConflict(document: LabelDocument, conflicts: Conflict[]): void;
  /** Another tab of this browser completed the label, or opened it again. */
  onStepElsewhere(document: LabelDocument): void;
}

export class LabelDocument {
  readonly store: Store;
  readonly outbox: Outbox;
  status: Status;
  /** Nothing is drawn while the server is asked to go on from what it has. */
  isHeld = false;
  private isOpen: boolean;
  saveState: SaveState = "saved";
  saveWords = "Saved";
  private readonly journal;
  private readonly undoKeeper: UndoKeeper;
  readonly rejections: Rejections;
  readonly company: Company;
  readonly halfDrawn: HalfDrawnKeeper;
  private isTaking = false;

  constructor(
    readonly data: LabelData,
    api: Api,
    user: number,
    private readonly events: DocumentEvents,
  ) {
    this.status = data.status;
    this.isOpen = data.editable;
    this.store = new Store(data.shapes.map(({ rev: _, ...shape }) => shape as Shape), data.values.map(valueOf));
    for (const { id, rejected } of data.suggestions) if (rejected) this.store.rejected.add(id);
    this.rejections = new Rejections(api, data.id, () => [...this.store.rejected]);
    this.journal = new BrowserJournal(user, data.id);
    this.undoKeeper = new UndoKeeper(user, data.id);
    this.halfDrawn = new HalfDrawnKeeper(this.journal, () => this.outbox.written());
    this.company = new Company(user, data.id, ({ rev, isStep }) => {
      if (isStep || rev > this.outbox.head) this.outbox.hear();
    });
    this.outbox = new Outbox(
      data.rev,
      [...data.shapes, ...data.values.map((one) => ({ ...valueOf(one), rev: one.rev }))].map(({ id, rev }) => [id, rev]),
      {
        send: async (operation) => {
          const reply = await this.company.alone(() => api.save(data.id, operation));
          if (reply.status === 200) this.company.tell(reply.body.rev as number);
          return reply;
        },
        since: (rev) => api.since(data.id, rev),
        onOthers: (body) => this.take(body),
        journal: this.journal,
        newId,
        later: (ms, callback) => {
          const timer = setTimeout(callback, ms);
          return () => clearTimeout(timer);
        },
        onState: (state, words) => {
          this.saveState = state;
          this.saveWords = words;
          if (state === "saved") this.keepUndo();
          // What cannot be saved any more must not be drawn any more.
          if (state === "stopped") this.isOpen = false;
          events.onSaveState(this);
        },
        onConflict: (conflicts) => events.onConflict(this, conflicts),
      },
    );
  }

  get editable(): boolean {
    return this.isOpen && !this.isHeld;
  }

  /** Why nothing is drawn on it, and what to do about it. */
  get whyNotEditable(): string {
    if (this.data.mine && this.status === "submitted") return "This image is submitted: reopen it to go on drawing.";
    if (this.data.mine && this.status === "approved") return "This image is approved: it stays as it is.";
    return "This label cannot be changed now.";
  }

  /** May the one who looks at it approve it, or send it back? */
  get reviewable(): boolean {
    return this.data.reviewable && this.status === "submitted";
  }

  /** It was submitted, or opened again: it is to be loaded anew before it can be drawn on. */
  stepTo(status: Status): void {
    this.status = status;
    this.isOpen = false;
  }

  /** Start with what an earlier page of this user could not send. */
  async start(before: BroughtBack): Promise<void> {
    const { changes } = before;
    if (changes.length && this.editable) {
      this.store.merge(changes.map(({ id, shape }) => ({ id, after: shape })));
      await this.outbox.restore(changes);
    }
    if (this.editable) await before.forget().catch(() => undefined);
    await this.recallUndo();
    for (const { id, latest } of this.data.suggestions) if (latest !== null) this.outbox.learn(id, latest);
    this.store.onReject(() => {
      this.rejections.note();
      this.keepUndo();
    });
    this.store.onChange((made) => {
      if (!this.isTaking) this.outbox.note(made);
      this.keepUndo();
    });
  }

  private async recallUndo(): Promise<void> {
    const kept = this.editable ? await this.undoKeeper.load() : null;
    if (!kept) return;
    const { done, undone } = fitting(this.store.states, kept);
    this.store.recall(done, undone);
    for (const [id, rev] of kept.revs) this.outbox.learn(id, rev);
  }

  private keepUndo(): void {
    const { done, undone } = shortened(this.store.history);
    const ids = new Set([...done, ...undone].flatMap(({ changes }) => changes.map(({ id }) => id)));
    const gone = [...ids].filter((id) => !this.store.has(id));
    this.undoKeeper.keep({ done, undone, revs: this.outbox.revsOf(gone), at: Date.now() });
  }

  /** The page goes away: nothing can be waited for. */
  keepNow(): void {
    this.outbox.keepNow();
    this.undoKeeper.keepNow();
  }

  /** Another document of this label takes over. */
  close(): void {
    void this.rejections.flush();
    this.outbox.close();
    this.journal.release();
    this.company.close();
  }

  private take(body: Reply["body"]): void {
    const news = this.outbox.follow(body.rev as number, body.shapes as ServerState[]);
    if (news.length) this.takeTheirs(news);
    const status = body.status as Status;
    if (status === this.status) return;
    this.stepTo(status);
    this.events.onStepElsewhere(this);
  }

  /** Take the server's states without sending them back. */
  takeTheirs(states: NewState[]): void {
    this.isTaking = true;
    this.store.merge(states);
    this.isTaking = false;
  }
}
