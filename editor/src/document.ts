/** One opened label. It owns its id: what is drawn here can only ever be saved here. */

import type { Api, LabelData, Status } from "./save/api";
import { browserJournal } from "./save/journal";
import { Outbox, type Conflict, type SaveState } from "./save/outbox";
import { Store } from "./shapes/store";
import type { Shape } from "./shapes/types";

export interface DocumentEvents {
  onSaveState(document: LabelDocument): void;
  onConflict(document: LabelDocument, conflicts: Conflict[]): void;
}

export class LabelDocument {
  readonly store: Store;
  readonly outbox: Outbox;
  status: Status;
  editable: boolean;
  saveState: SaveState = "saved";
  saveWords = "Saved";
  private readonly journal;
  private isTaking = false;

  constructor(
    readonly data: LabelData,
    readonly picture: ImageBitmap,
    api: Api,
    user: number,
    events: DocumentEvents,
  ) {
    this.status = data.status;
    this.editable = data.editable;
    this.store = new Store(data.shapes.map(({ rev: _, ...shape }) => shape as Shape));
    this.journal = browserJournal(user, data.id);
    this.outbox = new Outbox(
      data.rev,
      data.shapes.map(({ id, rev }) => [id, rev]),
      {
        send: (operation) => api.save(data.id, operation),
        journal: this.journal,
        newId: () => crypto.randomUUID(),
        later: (ms, callback) => {
          const timer = setTimeout(callback, ms);
          return () => clearTimeout(timer);
        },
        onState: (state, words) => {
          this.saveState = state;
          this.saveWords = words;
          events.onSaveState(this);
        },
        onConflict: (conflicts) => events.onConflict(this, conflicts),
      },
    );
  }

  /** Bring back what an earlier page of this user could not send; true if there was anything. */
  async restore(): Promise<boolean> {
    const kept = await this.journal.read().catch(() => null);
    if (kept && this.editable) {
      // Before the listener: what comes from the journal is in the outbox already.
      this.store.merge(this.outbox.restore(kept));
    }
    this.store.onChange((changes) => {
      if (!this.isTaking) this.outbox.note(changes);
    });
    return kept !== null;
  }

  /** Take the server's states without sending them back. */
  takeTheirs(states: { id: string; after: Shape | null }[]): void {
    this.isTaking = true;
    this.store.merge(states);
    this.isTaking = false;
  }
}
