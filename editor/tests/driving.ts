/** An editor without a page, and hands that draw in it: by image pixels at a zoom of one. */

import { Editor } from "../src/editor";
import type { LabelDocument } from "../src/document";
import type { TaskData } from "../src/save/api";
import { Store } from "../src/shapes/store";
import type { Shape } from "../src/shapes/types";
import { makeTools, TOOLS } from "../src/tools/catalog";
import type { Tool } from "../src/tools/tool";

export const FACE = { points: ["nose", "left eye", "right eye"], edges: [[0, 1], [0, 2]] as [number, number][] };

export class Driver {
  readonly editor = new Editor();
  readonly store: Store;
  readonly said: string[] = [];

  constructor(shapes: Shape[] = [], task: Partial<TaskData> = {}) {
    const { editor } = this;
    this.store = new Store(shapes);
    const none = { points: [], edges: [] };
    editor.task = {
      permit_overlap: true,
      new_cuts_others: false,
      classes: [
        { id: 1, name: "House", color: "#e6194b", archived: false, skeleton: none },
        { id: 2, name: "Face", color: "#3cb44b", archived: false, skeleton: FACE },
      ],
      ...task,
    } as TaskData;
    const data = { id: 1, image: { width: 400, height: 300 }, task: editor.task, suggestions: [] };
    editor.document = { store: this.store, editable: true, data } as unknown as LabelDocument;
    editor.stage = { width: 400, height: 300 };
    editor.activeClass = 1;
    editor.onToast = (words) => this.said.push(words);
    const all = makeTools(editor, TOOLS.map(({ name }) => name));
    editor.tools = new Map(all.map((tool) => [tool.name, tool]));
    this.use("select");
  }

  use(name: string): this {
    this.editor.setTool(name);
    return this;
  }

  /** Add shapes; returns the ids of those that became some. */
  add(...shapes: Shape[]): string[] {
    const before = new Set(this.store.shapes.keys());
    this.editor.changes.carryOut({ order: () => ({ act: "add", name: "draw", shapes, isSelected: false }) });
    return [...this.store.shapes.keys()].filter((id) => !before.has(id));
  }

  get tool(): Tool {
    return this.editor.tool!;
  }

  get shapes(): readonly Shape[] {
    return this.store.inOrder();
  }

  pointer(x: number, y: number, held: { shift?: boolean; alt?: boolean } = {}) {
    this.editor.pointer = { x, y };
    return { at: { x, y }, screen: { x, y }, shift: false, alt: false, clicks: 1, isTouch: false, ...held };
  }

  drag(points: [number, number][], held: { shift?: boolean; alt?: boolean } = {}): this {
    const [first, ...rest] = points;
    this.tool.down(this.pointer(...first, held));
    for (const [x, y] of rest) this.tool.move(this.pointer(x, y, held), [{ x, y }]);
    this.tool.up(this.pointer(...points.at(-1)!, held));
    return this;
  }

  click(x: number, y: number, held: { shift?: boolean; alt?: boolean } = {}): this {
    this.tool.move(this.pointer(x, y, held), [{ x, y }]);
    return this.drag([[x, y]], held);
  }
}

/** Commands open windows, which these tests do not have. */
export const NO_WINDOWS = {
  toggleKeys: () => undefined,
  toggleLook: () => undefined,
  togglePalette: () => undefined,
  openSimplify: () => undefined,
  findClass: () => undefined,
  findShape: () => undefined,
  toggleOthers: () => undefined, approve: () => undefined, sendBack: () => undefined,
  answer: () => undefined,
  inHistory: () => undefined,
  inComments: () => undefined,
  hasOpenComments: false,
};
