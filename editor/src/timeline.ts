/** The past of a label: what happened, the drawing as it was, and back again. */

import type { Editor } from "./editor";
import { differenceOf, statesOf, type Drawing } from "./past";
import { NoAnswer, saidBy, type Api, type HistoryEvent, type Reply } from "./save/api";
import { valueId } from "./attributes";
import { valueOf, wanted, type SentChange, type SentValue, type StoredValue } from "./save/wire";
import type { State } from "./shapes/store";
import type { Shape } from "./shapes/types";

type Stored = Shape & { rev: number };

/** Before everything. */
const BEGIN: HistoryEvent = {
  ...{ id: "begin", kind: "begin", rev: 0, at: "", by: "", mine: false, words: "nothing drawn yet", change: "", comment: "" },
};

interface Page {
  events: HistoryEvent[];
  before: string | null;
}

export class TimeLine {
  isOpen = false;
  /** The newest first. */
  events: HistoryEvent[] = [];
  /** Of what an older page asks for; null when all is there. */
  private before: string | null = null;
  /** A drawing of the server with the revision of each shape; old ones differ from it a little. */
  private known: { rev: number; shapes: Stored[] } | null = null;
  private loading: Promise<boolean> | null = null;
  /** Which look at the past was asked for last; answers to others come too late. */
  private asked = 0;

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
    private readonly onChange: () => void,
  ) {}

  get hasOlder(): boolean {
    return this.before !== null;
  }

  async toggle(open = !this.isOpen): Promise<void> {
    this.isOpen = open;
    this.editor.showPast(null);
    this.forget();
    if (open) await this.load();
  }

  /** Another label is open: it has a past of its own. */
  reset(): void {
    this.forget();
    if (this.isOpen) void this.load();
  }

  /** Something was saved. */
  async refresh(): Promise<void> {
    if (!this.isOpen || this.editor.past || this.loading) return;
    const newest = await this.page(null);
    if (!newest) return;
    const fresh = newest.events.filter(({ id }) => !this.events.some((event) => event.id === id));
    const isApart = fresh.length === newest.events.length;
    if (isApart) this.take([], newest);
    else this.events = [...fresh, ...this.events];
    this.onChange();
  }

  /** The next older page; false when there is none, or it does not come. */
  load(): Promise<boolean> {
    if (this.loading) return this.loading;
    const loading = this.loadPage().finally(() => {
      if (this.loading === loading) this.loading = null;
    });
    return (this.loading = loading);
  }

  /** Look at the drawing after an event. */
  async show(event: HistoryEvent): Promise<void> {
    const asked = ++this.asked;
    const drawing = await this.drawingAt(event);
    if (!drawing || asked !== this.asked || !this.isOpen) return;
    const difference = differenceOf(drawing, this.editor.document!.store);
    this.editor.showPast({ event, ...drawing, difference });
  }

  /** The drawing of now has changed while one looks at the past. */
  compare(): void {
    const { past, document } = this.editor;
    if (past && document) past.difference = differenceOf(past, document.store);
  }

  /** Back to the drawing as it is. */
  leave(): void {
    this.asked++;
    this.editor.showPast(null);
  }

  /** One event further into the past, or (−1) towards now. */
  async step(by: 1 | -1): Promise<void> {
    if (!this.isOpen) await this.toggle(true);
    const { past } = this.editor;
    const at = past ? this.events.findIndex(({ id }) => id === past.event.id) + by : this.firstPast();
    if (at < 0) return this.leave();
    if (at >= this.events.length && !(await this.load())) return;
    if (this.events[at]) await this.show(this.events[at]);
  }

  /** What the last save left is what one sees already. */
  private firstPast(): number {
    const { outbox } = this.editor.document!;
    const at = this.events.findIndex(({ rev }) => rev < outbox.head);
    return outbox.isSaved && at >= 0 ? at : 0;
  }

  /** Make the drawing what it was, as one action that can be undone. */
  restore(): void {
    const { past, document } = this.editor;
    if (!past || !document?.editable) return;
    const states = statesOf(past.difference);
    this.leave();
    if (!states.length) return this.editor.say("Nothing is different now.");
    this.editor.changes.inTurn(() => this.editor.changes.commit(`restore revision ${past.event.rev}`, states));
    this.editor.say(`Revision ${past.event.rev} is restored. Undo takes it back.`);
  }

  private forget(): void {
    this.events = [];
    this.before = null;
    this.known = null;
    this.loading = null;
    this.asked++;
    this.onChange();
  }

  private take(events: HistoryEvent[], page: Page): void {
    this.before = page.before;
    this.events = [...events, ...page.events, ...(page.before === null ? [BEGIN] : [])];
  }

  private async loadPage(): Promise<boolean> {
    const isFirst = !this.events.length;
    if (!isFirst && this.before === null) return false;
    const { document } = this.editor;
    const page = await this.page(this.before);
    if (!page || document !== this.editor.document) return false;
    this.take(this.events, page);
    this.onChange();
    return page.events.length > 0;
  }

  private async page(before: string | null): Promise<Page | null> {
    const { document } = this.editor;
    const body = document && (await this.answer(this.api.history(document.data.id, before)));
    return body && (body as unknown as Page);
  }

  /** Most of an old drawing is still there: only what ended since is asked for. */
  private async drawingAt(event: HistoryEvent): Promise<Drawing | null> {
    const { document } = this.editor;
    if (!document) return null;
    const { id } = document.data;
    if (!this.known || this.known.rev < event.rev) {
      const rev = Math.max(event.rev, document.outbox.head);
      const whole = await this.answer(this.api.revision(id, rev));
      if (!whole) return null;
      this.known = { rev, shapes: whole.shapes as Stored[] };
    }
    const ended = await this.answer(this.api.revision(id, event.rev, true));
    if (!ended || this.editor.document !== document) return null;
    const shapes = new Map<string, Shape>();
    for (const { rev, ...shape } of this.known.shapes) if (rev <= event.rev) shapes.set(shape.id, shape as Shape);
    for (const { rev: _, latest, ...shape } of ended.shapes as (Stored & { latest: number })[]) {
      shapes.set(shape.id, shape as Shape);
      document.outbox.learn(shape.id, latest);
    }
    for (const { attribute, latest } of ended.latest_values as { attribute: number; latest: number }[]) {
      document.outbox.learn(valueId(attribute), latest);
    }
    const said = (ended.values as StoredValue[]).map(valueOf);
    const drawing = { shapes, values: new Map(said.map((value) => [value.id, value])) };
    return event.kind === "conflict" ? this.withKept(id, event, drawing) : drawing;
  }

  /** The drawing with what was kept and not applied. */
  private async withKept(id: number, event: HistoryEvent, drawing: Drawing): Promise<Drawing | null> {
    const kept = await this.answer(this.api.kept(id, Number(event.id.replace("save-", ""))));
    if (!kept) return null;
    const all = new Map<string, State>([...drawing.shapes, ...drawing.values]);
    for (const { id: one, shape } of wanted(kept as unknown as { changes: SentChange[]; values?: SentValue[] })) {
      if (shape) all.set(one, { ...shape, id: one } as State);
      else all.delete(one);
    }
    const states = [...all.values()];
    return {
      shapes: new Map(states.flatMap((one) => (one.kind === "value" ? [] : [[one.id, one]]))),
      values: new Map(states.flatMap((one) => (one.kind === "value" ? [[one.id, one]] : []))),
    };
  }

  private async answer(call: Promise<Reply>): Promise<Record<string, unknown> | null> {
    try {
      const reply = await call;
      if (reply.status === 200) return reply.body;
      this.editor.say(saidBy(reply), "warning");
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.editor.say("The history does not come: the server does not answer.", "warning");
    }
    return null;
  }
}
