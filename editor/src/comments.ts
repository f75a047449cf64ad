/** What labeler and reviewers say about the label that is open, and what one is about to say. */

import type { Editor } from "./editor";
import { recall, remember } from "./remembering";
import { NoAnswer, saidBy, type Api, type Comment, type Reply } from "./save/api";
import { boxOf, round2 } from "./shapes/geometry";
import type { Point, Shape } from "./shapes/types";
import { fitted } from "./view";

/** What is being written: about a place, about the whole image, or in answer to a thread. */
export interface Draft {
  place: [number, number] | null;
  shape: string | null;
  answerTo: number | null;
  words: string;
}

export class Comments {
  threads: readonly Comment[] = [];
  /** The thread that is looked at. */
  chosen: number | null = null;
  draft: Draft | null = null;
  isSending = false;
  onChange: () => void = () => {};
  /** Somebody is about to write. */
  onDraft: () => void = () => {};
  private label: number | null = null;

  constructor(
    private readonly editor: Editor,
    private readonly api: Api,
  ) {}

  /** Of a label that was opened; what was being written on it is there again. */
  open(label: number, threads: readonly Comment[]): void {
    this.label = label;
    this.threads = threads;
    this.chosen = null;
    this.draft = JSON.parse(recall(`comment ${label}`) || "null");
    this.onChange();
  }

  get opened(): readonly Comment[] {
    return this.threads.filter(({ settled }) => !settled);
  }

  /** About a place, with the shape that lies there. */
  mark(place: Point, shape: Shape | null): void {
    this.begin({ place: [round2(place.x), round2(place.y)], shape: shape?.id ?? null, answerTo: null });
  }

  /** About a shape: in its middle. */
  markShape(shape: Shape): void {
    const { x0, y0, x1, y1 } = boxOf(shape);
    this.mark({ x: (x0 + x1) / 2, y: (y0 + y1) / 2 }, shape);
  }

  begin(about: Omit<Draft, "words">): void {
    this.draft = { ...about, words: this.draft?.words ?? "" };
    this.keep();
    this.onChange();
    this.onDraft();
  }

  /** A draft is kept in this tab, like everything that one has not sent yet. */
  write(words: string): void {
    if (!this.draft) return;
    this.draft.words = words;
    this.keep();
  }

  discard(): void {
    this.draft = null;
    this.keep();
    this.onChange();
  }

  /** True when it was sent. */
  async send(): Promise<boolean> {
    const { draft, label } = this;
    if (!draft || label === null || this.isSending) return false;
    if (!draft.words.trim()) {
      this.editor.say("Write a few words first.", "warning");
      return false;
    }
    const { words, place, shape, answerTo } = draft;
    this.isSending = true;
    const isSent = await this.take(label, this.api.comment(label, { words, place, shape, answer_to: answerTo }));
    this.isSending = false;
    if (!isSent) return false;
    remember(`comment ${label}`, "");
    if (this.label === label) {
      this.draft = null;
      this.chosen = answerTo ?? this.threads.at(-1)?.id ?? null;
      this.onChange();
    }
    return true;
  }

  async settle({ id, settled }: Comment): Promise<void> {
    if (this.label !== null) await this.take(this.label, this.api.settle(this.label, id, !settled));
  }

  /** Others may have written meanwhile. Nobody is told when the server is away. */
  async refresh(): Promise<void> {
    const { label } = this;
    if (label === null) return;
    const reply = await this.api.comments(label).catch(() => null);
    if (reply?.status === 200 && label === this.label) this.show(reply);
  }

  /** Show a thread, and on the image what it is about. */
  choose(comment: Comment): void {
    const { editor } = this;
    this.chosen = comment.id;
    const shape = editor.document?.store.shapes.get(comment.shape ?? "");
    const image = editor.document?.data.image;
    if (comment.place && image) {
      const [x, y] = comment.place;
      const room = Math.max(image.width, image.height) / 10;
      const box = shape ? boxOf(shape) : { x0: x, y0: y, x1: x, y1: y };
      const around = { x0: Math.min(box.x0, x) - room, y0: Math.min(box.y0, y) - room, x1: Math.max(box.x1, x) + room, y1: Math.max(box.y1, y) + room };
      editor.setView(fitted(around, editor.stage.width, editor.stage.height));
    }
    this.onChange();
  }

  /** The next open thread, or the one before. */
  step(by: 1 | -1): void {
    const { opened } = this;
    if (!opened.length) return this.editor.say("There are no open comments.");
    const at = opened.findIndex(({ id }) => id === this.chosen);
    this.choose(opened.at(at < 0 && by < 0 ? -1 : (at + by) % opened.length)!);
  }

  private keep(): void {
    if (this.label !== null) remember(`comment ${this.label}`, this.draft ? JSON.stringify(this.draft) : "");
  }

  private show({ body }: Reply): void {
    this.threads = body.comments as Comment[];
    this.onChange();
  }

  private async take(label: number, call: Promise<Reply>): Promise<boolean> {
    try {
      const reply = await call;
      if (reply.status === 200 && label === this.label) this.show(reply);
      if (reply.status !== 200) this.editor.say(saidBy(reply), "warning");
      return reply.status === 200;
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      this.editor.say("The server does not answer. What you wrote is kept here; send it again in a moment.", "warning");
      return false;
    }
  }
}
