/** The time line beside the image, and the bar over it while one looks at the past. */

import type { Command } from "../command";
import type { Editor } from "../editor";
import type { HistoryEvent } from "../save/api";
import { wordsOf } from "../past";
import type { TimeLine } from "../timeline";
import { commandButton } from "./bars";
import { h } from "./dom";
import { whenText } from "./when";

/** Older events are asked for when one scrolls so near to the end. */
const NEAR_PX = 200;

const FULL = new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "medium" });

export function whatText({ kind, words, change }: HistoryEvent): string {
  if (kind === "conflict") return "Conflict: kept, not applied";
  const text = kind === "save" && change ? change : words;
  return text[0].toUpperCase() + text.slice(1);
}

export class HistoryPanel {
  readonly element = h("section", { class: "history", "aria-label": "History" });
  private readonly rows = h("div", { class: "events", role: "group", "aria-label": "What happened, the newest first" });
  private readonly nowRow = h("button", { type: "button", class: "event now" }, h("span", { class: "what" }, "Now"));
  private shown: readonly HistoryEvent[] = [];
  private isShown = false;

  constructor(
    private readonly editor: Editor,
    private readonly timeline: TimeLine,
    private readonly root: HTMLElement,
  ) {
    const close = h("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => void timeline.toggle(false));
    this.element.append(h("div", { class: "head" }, h("h2", {}, "History"), close), this.rows);
    this.nowRow.addEventListener("click", () => timeline.leave());
    this.rows.addEventListener("click", (event) => {
      const found = this.eventOf(event.target as Element);
      if (found) void timeline.show(found);
    });
    this.rows.addEventListener("keydown", (event) => this.step(event));
    this.rows.addEventListener("scroll", () => this.loadNearEnd());
  }

  update(): void {
    const { isOpen, events } = this.timeline;
    if (!isOpen && this.element.contains(document.activeElement)) {
      this.root.querySelector<HTMLElement>(".stage")?.focus({ preventScroll: true });
    }
    this.root.classList.toggle("with-history", isOpen);
    if (isOpen && !this.isShown) this.root.classList.remove("without-panel");
    if (events !== this.shown) this.showRows(events);
    if (isOpen && !this.isShown) this.nowRow.focus();
    this.isShown = isOpen;
    const at = this.editor.past?.event.id;
    for (const row of this.rows.querySelectorAll<HTMLElement>(".event")) {
      const isHere = row.dataset.event === at;
      if (isHere && row.getAttribute("aria-pressed") === "false") this.follow(row);
      row.setAttribute("aria-pressed", String(isHere));
    }
  }

  private showRows(events: readonly HistoryEvent[]): void {
    this.shown = events;
    const focused = this.rows.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.event : null;
    this.rows.replaceChildren(this.nowRow, ...events.map(rowOf));
    const row = focused === undefined ? this.nowRow : this.rows.querySelector<HTMLElement>(`[data-event="${focused}"]`);
    if (focused !== null) row?.focus({ preventScroll: true });
    this.loadNearEnd();
  }

  /** Whoever steps by keys takes the focus along. */
  private follow(row: HTMLElement): void {
    row.scrollIntoView({ block: "nearest" });
    if (this.rows.contains(document.activeElement)) row.focus({ preventScroll: true });
  }

  private eventOf(element: Element): HistoryEvent | undefined {
    const id = element.closest<HTMLElement>("[data-event]")?.dataset.event;
    return this.timeline.events.find((event) => event.id === id);
  }

  private step(event: KeyboardEvent): void {
    const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
    if (!by || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    void this.timeline.step(by);
  }

  private loadNearEnd(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.rows;
    const isNear = scrollTop + clientHeight > scrollHeight - NEAR_PX;
    if (this.timeline.isOpen && this.timeline.hasOlder && clientHeight && isNear) void this.timeline.load();
  }
}

function rowOf(event: HistoryEvent): HTMLElement {
  const { id, kind, rev, at, by, mine, comment } = event;
  return h(
    "button",
    { type: "button", class: `event ${kind}`, "data-event": id, "data-rev": rev, "aria-pressed": "false" },
    h("span", { class: "what" }, whatText(event)),
    h("span", { class: "rev", title: `Revision ${rev}` }, String(rev)),
    at && h("span", { class: "who" }, mine ? "You" : by),
    at && h("time", { datetime: at, title: FULL.format(new Date(at)) }, whenText(at)),
    comment && h("span", { class: "comment-words" }, comment),
  );
}

export class PastBar {
  readonly element = h("div", { class: "stage-bar past-bar", role: "status", hidden: true });
  private readonly words = h("span", { class: "words" });
  private readonly buttons = h("span", { class: "buttons" });

  constructor(private readonly editor: Editor) {
    const then = h("span", { class: "key then" }, "as it was");
    const now = h("span", { class: "key now" }, "as it is now");
    this.element.append(this.words, then, now, this.buttons);
    // On the image one moves about, here one clicks.
    this.element.addEventListener("pointerdown", (event) => event.stopPropagation());
  }

  setCommands(find: (id: string) => Command): void {
    const restore = commandButton(find("restore"), "Restore");
    restore.classList.add("primary");
    this.buttons.replaceChildren(commandButton(find("now"), "Back to now"), restore);
  }

  update(): void {
    const { past, document } = this.editor;
    this.element.hidden = !past || !document;
    if (!past || !document) return;
    const { event } = past;
    const since = wordsOf(past.difference);
    const when = event.at ? `, ${whenText(event.at)}, ${event.mine ? "you" : event.by}` : "";
    this.words.textContent = `Revision ${event.rev}${when}. ${since ? `Since then: ${since}.` : "As it is now."}`;
    this.element.dataset.past = event.id;
  }
}
