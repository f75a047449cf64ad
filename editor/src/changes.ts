/**
 * All ways in which the shapes of the open label change. What a gesture wants may take a worker a
 * while: then it is shown as it was drawn, and whatever is asked for after it comes after it.
 */

import { admitted } from "./attributes";
import type { Board } from "./board";
import { Cutter } from "./cut/cutter";
import type { Order, Outcome, Rules } from "./cut/orders";
import { Turns } from "./cut/turns";
import type { Gesture, Sketch } from "./gesture";
import type { Lift } from "./paint/lifting";
import type { Canvas2D } from "./paint/painter";
import { follow, type ChosenVertex } from "./shapes/handles";
import type { NewState } from "./shapes/store";
import { moved } from "./shapes/geometry";
import { isMuch } from "./shapes/much";
import type { Point, Shape } from "./shapes/types";
import { dropRefused } from "./tools/attempt";

const TOO_LATE = "What was drawn just before has changed that shape: do it once more.";

export class Changes {
  /** Something begins to be cut, or nothing is any more. */
  onBusy: () => void = () => {};
  private readonly turns = new Turns(() => this.onBusy());
  private readonly sketches = new Set<Sketch>();
  private trial: { isUnderWay: boolean; next: (() => void) | null } = { isUnderWay: false, next: null };

  constructor(
    private readonly editor: Board,
    private readonly cutter = new Cutter(),
  ) {}

  /** Something is still being cut. */
  get isBusy(): boolean {
    return this.turns.isTaken;
  }

  /** Where shapes are seen that are not there yet. */
  get sketched(): Map<string, Shape> {
    return new Map([...this.sketches].flatMap(({ shapes = [] }) => shapes.map((shape) => [shape.id, shape])));
  }

  get lift(): Lift | null {
    return [...this.sketches].findLast(({ lift }) => lift)?.lift ?? null;
  }

  drawSketches(context: Canvas2D): void {
    for (const sketch of this.sketches) sketch.draw?.(context);
  }

  /** Resolves when all that was drawn until now is done, or refused. */
  settled(): Promise<void> {
    return this.turns.settled();
  }

  /** The page is left: nothing can be waited for any more. */
  finishNow(): void {
    while (this.turns.isTaken && this.cutter.isBusy) this.cutter.hurry();
  }

  /** Do something with what is selected now when its turn comes, which is mostly at once. */
  inTurn(act: () => unknown): void {
    const { editor } = this;
    const { selection, vertices } = editor;
    this.turns.take((done) => {
      const later = { selection: editor.selection, vertices: editor.vertices };
      Object.assign(editor, { selection, vertices });
      try {
        act();
      } finally {
        // Unless the act has chosen something, what was chosen since is chosen again.
        if (editor.selection === selection && editor.vertices === vertices) Object.assign(editor, later);
        this.keepCorners();
        done();
      }
    });
  }

  /** The chosen corners are where they say; else it is said that it is too late for them. */
  findCorners(): boolean {
    return this.editor.vertices.every(this.isThere) || this.editor.refuse(TOO_LATE);
  }

  carryOut(gesture: Gesture): void {
    const { selection } = this.editor;
    const { sketch } = gesture;
    if (sketch) this.sketches.add(sketch);
    this.turns.take((done) => {
      this.cut(gesture, (outcome) => {
        if (sketch) this.sketches.delete(sketch);
        try {
          const isDone = outcome !== null && this.apply(outcome, selection);
          if (outcome) gesture.then?.(isDone, outcome);
          this.keepCorners();
        } finally {
          this.editor.onDraw();
          done();
        }
      });
    });
    if (this.isBusy) this.onBusy();
    this.editor.onDraw();
  }

  /** Make shapes what they have become from what they were before; refused if others were changed meanwhile. */
  put(name: string, before: readonly Shape[], shapes: readonly Shape[], then?: Gesture["then"]): void {
    const there = this.editor.document!.store.shapes;
    const isSame = () => shapes.every(({ id }, i) => there.get(id) === before[i]);
    this.carryOut({ order: () => (isSame() || this.editor.refuse(TOO_LATE) ? { act: "put", name, shapes } : null), sketch: { shapes }, then });
  }

  /** Move shapes by so many pixels, from wherever they are by then. */
  move(shapes: readonly Shape[], { x, y }: Point, lift: Lift | null = null, then?: Gesture["then"]): void {
    const { store } = this.editor.document!;
    const order = (): Order | null => {
      const chosen = shapes.flatMap(({ id }) => (store.shapes.has(id) ? id : []));
      return chosen.length || this.editor.refuse(TOO_LATE) ? { act: "move", name: "move", chosen, x, y } : null;
    };
    const sketch = isMuch(shapes) ? { lift } : { shapes: shapes.map((shape) => moved(shape, x, y)) };
    this.carryOut({ order, sketch, then });
  }

  /** What would become of it; of several that are asked for in haste, the last. */
  tryOut(order: Order, then: (outcome: Outcome) => void): void {
    const { trial } = this;
    if (trial.isUnderWay) return void (trial.next = () => this.tryOut(order, then));
    trial.isUnderWay = true;
    this.cutter.cut(order, this.editor.document!.store, this.rules, (outcome) => {
      const { next } = trial;
      this.trial = { isUnderWay: false, next: null };
      if (next) next();
      else then(outcome);
    });
  }

  /** Change shapes and values as one entry of the history; only in one's turn. */
  commit(name: string, states: readonly NewState[]): boolean {
    const { editor } = this;
    if (!editor.editable) return editor.refuse(editor.document!.whyNotEditable);
    const { store } = editor.document!;
    if (states.some(({ id }) => editor.marks!.locked.has(id) && store.shapes.has(id))) {
      return editor.refuse("A locked shape cannot be changed: unlock it first.");
    }
    const all = editor.task?.attributes ?? [];
    const isNew = ({ id, after }: NewState) => after && after.kind !== "value" && !store.shapes.has(id);
    store.edit(name, states.map((one) => (isNew(one) ? { ...one, after: admitted(all, one.after as Shape) } : one)));
    return true;
  }

  deleteSelected(): void {
    const { editor } = this;
    const states = editor.selected.map(({ id }) => ({ id, after: null }));
    if (states.length && this.commit("delete", states)) editor.select([]);
  }

  get canUndo(): boolean {
    const { tool, refused, document } = this.editor;
    return refused !== null || this.isBusy || !!tool?.canUndo || !!document?.store.history.done.length;
  }

  get canRedo(): boolean {
    const { tool, document } = this.editor;
    return this.isBusy || !!tool?.canRedo || !!document?.store.history.undone.length;
  }

  undo(): void {
    const { editor } = this;
    if (dropRefused(editor)) return;
    if (editor.tool?.undoStep?.()) return editor.onDraw();
    // What is undone may have been refused by the time.
    this.inTurn(() => dropRefused(editor) || this.step("undo"));
  }

  redo(): void {
    const { editor } = this;
    if (editor.tool?.redoStep?.()) return editor.onDraw();
    this.inTurn(() => this.step("redo"));
  }

  /** Chosen corners stay chosen wherever they are by now; those that are gone do not. */
  private keepCorners(): void {
    const { editor } = this;
    // While a tool drags them, they are where it has them.
    if (!editor.dragged.size) editor.vertices = editor.vertices.filter(this.isThere);
  }

  private readonly isThere = (vertex: ChosenVertex): boolean => {
    const [shape] = this.editor.selected;
    return !!shape && follow(vertex, shape);
  };

  private step(way: "undo" | "redo"): void {
    const { editor } = this;
    if (!editor.editable) return;
    const { store } = editor.document!;
    const edit = store[way]();
    if (!edit) return;
    editor.say(`${way === "undo" ? "Undone" : "Redone"}: ${edit.name}`);
    // While one draws, nothing is selected, so that the keys of the classes choose for the next.
    const ids = edit.changes.map(({ id }) => id);
    editor.select(editor.tool?.name === "select" ? ids.filter((id) => store.shapes.has(id)) : []);
  }

  private get rules(): Rules {
    const { locked, hidden } = this.editor.marks!;
    return { ground: this.editor.ground, locked, hidden };
  }

  private cut(gesture: Gesture, then: (outcome: Outcome | null) => void): void {
    const { document } = this.editor;
    const order = document && this.orderOf(gesture);
    if (!order) return then(null);
    const { store } = document;
    const { revision } = store;
    this.cutter.cut(order, store, this.rules, (outcome) => {
      // Another window has changed something meanwhile.
      if (store.revision !== revision) this.cut(gesture, then);
      else then(outcome);
    });
  }

  private orderOf(gesture: Gesture): Order | null {
    try {
      return gesture.order();
    } catch (problem) {
      // Those who wait for their turn get it all the same.
      console.error(problem);
      return null;
    }
  }

  /** True if it is done. What was selected since it was drawn stays selected. */
  private apply({ name, states, words, select }: Outcome, before: ReadonlySet<string>): boolean {
    const { editor } = this;
    const isDone = states.length > 0 && this.commit(name, states);
    if (words && (isDone || !states.length)) editor.say(words, "warning");
    if (!isDone) return false;
    const { shapes } = editor.document!.store;
    if (select && editor.selection === before) editor.select(select);
    else if (![...editor.selection].every((id) => shapes.has(id))) {
      editor.select([...editor.selection].filter((id) => shapes.has(id)));
    }
    return true;
  }
}
