/** The shapes of a drawing as a worker paints them: what it is told of them, and what is drawn until it has painted. */

import { isValueId } from "../attributes";
import { Feed, inPortions, portionsOf } from "../feed";
import type { Editor } from "../editor";
import type { Change } from "../shapes/store";
import { isMuch } from "../shapes/much";
import type { Shape } from "../shapes/types";
import { seenAs } from "../suggestions";
import { BitmapLayer } from "./layer";
import type { LiftedLayer } from "./lifting";
import type { ToShapeWorker } from "./messages";

const shapeWorker = () => new Worker(new URL("./shapeworker.ts", import.meta.url), { type: "module" });

export class RestingShapes {
  readonly layer = new BitmapLayer<ToShapeWorker>("shapes", shapeWorker(), false, () => this.forget());
  /** Its script is fetched when it is first needed, which is seldom. */
  private lifted: LiftedLayer | null = null;
  private loading: Promise<void> | null = null;
  private readonly feed = new Feed();
  /** Committed shapes that are not in the worker's bitmap yet, with the change they belong to. */
  private readonly news = new Map<string, { shape: Shape; rev: number }>();
  private hiddenIds = "";
  /** What the worker was told to paint as selected, and when. */
  private marked: { selection: ReadonlySet<string>; revision: number; ids: string[] } | null = null;
  /** Which suggestions it was told to paint; null: none yet. */
  private suggested: string | null = null;

  constructor(
    private readonly editor: Editor,
    private readonly onPainted: () => void,
  ) {}

  /** What is drawn by the page until the worker has painted it. */
  get pending(): Shape[] {
    return [...this.news.values()].map(({ shape }) => shape);
  }

  /** Other shapes than before, and nothing of them hidden or marked. */
  open(shapes: Iterable<Shape>): void {
    const { style } = this.editor;
    this.hiddenIds = "";
    this.marked = this.suggested = null;
    this.news.clear();
    this.lifted?.hide();
    // Nothing of what was there before may come onto the screen again.
    this.feed.clear();
    this.feed.say([() => this.layer.send({ type: "shapes", shapes: [], style })]);
    this.tell([...shapes], []);
  }

  take(changes: readonly Change[]): void {
    const set = changes.flatMap(({ after }) => (after && after.kind !== "value" ? after : []));
    const remove = changes.filter(({ id, after }) => !after && !isValueId(id)).map(({ id }) => id);
    if (!set.length && !remove.length) return;
    // More than that is not drawn by the page meanwhile.
    const news = isMuch(set) ? [] : set.map((shape) => ({ shape, rev: Infinity }));
    for (const one of news) this.news.set(one.shape.id, one);
    for (const id of remove) this.news.delete(id);
    this.tell(set, remove, this.hiding(this.hiddenByHand), (rev) => news.forEach((one) => (one.rev = rev)));
  }

  show(): void {
    const { editor, layer } = this;
    const { view, stage, document } = editor;
    layer.show(view, stage);
    this.hide([...editor.moving.keys(), ...editor.preview.keys(), ...this.liftedIds, ...this.hiddenByHand]);
    if (document) {
      this.markSelected(document.store.revision);
      this.markSuggestions(document.data.suggestions.map(seenAs));
    }
    this.showLifted();
    layer.element.classList.toggle("is-away", editor.hidesShapes);
  }

  /** `before` it: a bitmap in which what was dragged is still hidden must not count as new. */
  private tell(set: readonly Shape[], remove: string[], before = () => {}, then: (rev: number) => void = () => {}): void {
    const say = (part: Shape[]) => this.layer.send({ type: "part", set: part });
    const sayLast = (part: Shape[]) => {
      before();
      then(this.layer.tell({ type: "change", set: part, remove }));
    };
    this.feed.say(inPortions(portionsOf(set, (shape) => shape), say, sayLast));
  }

  /** Leave shapes out of the bitmap while they are seen elsewhere. */
  private hide(ids: string[]): void {
    if (ids.join() !== this.hiddenIds) this.feed.say([this.hiding(ids)]);
  }

  private hiding(ids: string[]): () => void {
    this.hiddenIds = ids.join();
    return () => this.layer.tell({ type: "hide", ids });
  }

  /** Outlines of more than the page can draw at each frame are painted with the shapes. */
  private markSelected(revision: number): void {
    const { selection, selected } = this.editor;
    if (this.marked?.selection === selection && this.marked.revision === revision) return;
    const ids = isMuch(selected) ? selected.map(({ id }) => id) : [];
    if (ids.length || this.marked?.ids.length) this.feed.say([() => this.layer.tell({ type: "select", ids })]);
    this.marked = { selection, revision, ids };
  }

  private markSuggestions(all: Shape[]): void {
    const { shapes } = this.editor.suggestions;
    const ids = isMuch(shapes) ? shapes.map(({ id }) => id) : [];
    if (ids.join() === (this.suggested ?? "")) return;
    const isFirst = this.suggested === null;
    this.suggested = ids.join();
    const say = () => {
      if (isFirst) this.layer.send({ type: "suggestions", shapes: all });
      this.layer.tell({ type: "waiting", ids });
    };
    this.feed.say([say]);
  }

  /** What is much is moved as a picture, until that of all shapes has it where it came to lie. */
  private showLifted(): void {
    const { editor, lifted } = this;
    const { lift, style, view, stage } = editor;
    if (lift && !lifted) this.loading ??= this.load();
    else if (lift) lifted!.show(lift, view, stage, editor.image, style);
    else if (this.feed.isDone && this.layer.isCurrent) lifted?.hide();
  }

  /** Without it, only the box around what is dragged moves. */
  private async load(): Promise<void> {
    const script = await import("./lifting").catch(() => null);
    this.loading = null;
    if (!script) return;
    this.lifted = new script.LiftedLayer(shapeWorker, this.onPainted, (element) => this.layer.element.after(element));
    this.onPainted();
  }

  /** Only when they are to be seen there. */
  private get liftedIds(): string[] {
    const { lift } = this.editor;
    return lift && this.lifted?.isPainted ? lift.shapes.map(({ id }) => id) : [];
  }

  private get hiddenByHand(): string[] {
    return [...(this.editor.marks?.hidden ?? [])];
  }

  private forget(): void {
    for (const [id, { rev }] of this.news) if (rev <= this.layer.shownRev) this.news.delete(id);
    this.onPainted();
  }
}
