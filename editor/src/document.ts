/** One opened label. It owns its id: what is drawn here can only ever be saved here. */

import type { Api, LabelData, Status } from "./save/api";
import { BrowserJournal } from "./save/journal";
import type { BroughtBack } from "./save/leftovers";
import { Outbox, type Conflict, type SaveState } from "./save/outbox";
import { newId } from "./shapes/ids";
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
    api: Api,
    user: number,
    events: DocumentEvents,
  ) {
    this.status = data.status;
    this.editable = data.editable;
    this.store = new Store(data.shapes.map(({ rev: _, ...shape }) => shape as Shape));
    this.journal = new BrowserJournal(user, data.id);
    this.outbox = new Outbox(
      data.rev,
      data.shapes.map(({ id, rev }) => [id, rev]),
      {
        send: (operation) => api.save(data.id, operation),
        journal: this.journal,
        newId,
        later: (ms, callback) => {
          const timer = setTimeout(callback, ms);
          return () => clearTimeout(timer);
        },
        onState: (state, words) => {
          this.saveState = state;
          this.saveWords = words;
          // What cannot be saved any more must not be drawn any more.
          if (state === "stopped") this.editable = false;
          events.onSaveState(this);
        },
        onConflict: (conflicts) => events.onConflict(this, conflicts),
      },
    );
  }

  /** Start with what an earlier page of this user could not send. */
  async start(before: BroughtBack): Promise<void> {
    const { changes } = before;
    if (changes.length && this.editable) {
      this.store.merge(changes.map(({ id, shape }) => ({ id, after: shape })));
      await this.outbox.restore(changes);
    }
    if (this.editable) await before.forget().catch(() => undefined);
    this.store.onChange((made) => {
      if (!this.isTaking) this.outbox.note(made);
    });
  }

  /** Another document of this label takes over. */
  close(): void {
    this.outbox.close();
    this.journal.release();
  }

  /** Take the server's states without sending them back. */
  takeTheirs(states: { id: string; after: Shape | null }[]): void {
    this.isTaking = true;
    this.store.merge(states);
    this.isTaking = false;
  }
}
