/** For reviewers: decide on the label that is looked at, and go on to the next that waits in its task. */

import type { LabelDocument } from "./document";
import type { Editor } from "./editor";
import { NoAnswer, saidBy, type Api, type Reply, type Status } from "./save/api";
import type { Session } from "./session";

export class Reviewing {
  private isBusy = false;

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
    private readonly session: Session,
  ) {}

  approve(): Promise<void> {
    return this.decide("approved", (id, rev) => this.api.approve(id, rev));
  }

  sendBack(comment: string): Promise<void> {
    return this.decide("sent_back", (id, rev) => this.api.sendBack(id, rev, comment));
  }

  /** One decision at a time: a second click must not decide on the label that comes next. */
  private async decide(status: Status, ask: (id: number, rev: number) => Promise<Reply>): Promise<void> {
    const { document } = this.editor;
    if (!document?.reviewable || this.isBusy) return;
    this.isBusy = true;
    try {
      const reply = await ask(document.data.id, document.outbox.head);
      if (reply.status !== 200) return this.editor.say(saidBy(reply), "warning");
      document.stepTo(status);
      this.editor.onPanels();
      await this.goOn(document);
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.editor.say("The server does not answer. Try again soon.", "warning");
    } finally {
      this.isBusy = false;
    }
  }

  private async goOn(from: LabelDocument): Promise<void> {
    const { image, labeler, task } = from.data;
    const done = `${from.status === "approved" ? "Approved" : "Sent back"}: ${image.name} by ${labeler}.`;
    const { status, body } = await this.api.waiting(task.id);
    const [next] = status === 200 ? (body.items as { id: number }[]) : [];
    if (this.editor.document !== from) return;
    if (next) await this.session.open(next.id);
    this.editor.say(next ? done : `${done} No other label of this task waits for your review.`);
  }
}
