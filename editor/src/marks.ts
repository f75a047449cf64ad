/** Which shapes of a label are locked or hidden: for oneself, in this tab, never saved with the work. */

import { recall, remember } from "./remembering";

export class Marks {
  readonly locked: Set<string>;
  readonly hidden: Set<string>;

  constructor(private readonly label: number) {
    const { locked = [], hidden = [] } = JSON.parse(recall(`marks ${label}`) ?? "{}");
    this.locked = new Set(locked);
    this.hidden = new Set(hidden);
  }

  /** Mark all of the shapes, or, if they all are marked, none of them; true when they are marked now. */
  toggle(kind: "locked" | "hidden", ids: readonly string[]): boolean {
    const marked = this[kind];
    const isOn = !ids.every((id) => marked.has(id));
    for (const id of ids) if (isOn) marked.add(id);
    else marked.delete(id);
    this.keep();
    return isOn;
  }

  showAll(): void {
    this.hidden.clear();
    this.keep();
  }

  private keep(): void {
    remember(`marks ${this.label}`, JSON.stringify({ locked: [...this.locked], hidden: [...this.hidden] }));
  }
}
