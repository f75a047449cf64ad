/** The bar above the image and the tools beside it. */

import type { Command } from "../command";
import type { Editor } from "../editor";
import type { LabelDocument } from "../document";
import { keyText } from "../keymap";
import { h, icon } from "./dom";

/** A button for a command: icon, name for screen readers, key in the tooltip. */
export function commandButton(command: Command, text = ""): HTMLButtonElement {
  const key = command.keys[0] ? ` (${keyText(command.keys[0])})` : "";
  const button = h(
    "button",
    { type: "button", "data-command": command.id, title: command.name + key, "aria-label": command.name },
    icon(command.id.replace("tool-", "")),
    text && h("span", {}, text),
  );
  button.addEventListener("click", () => {
    if (command.isEnabled()) command.run();
  });
  return button;
}

export class TopBar {
  readonly element = h("header", { class: "bar" });
  private readonly backTo = h("span");
  private readonly back = h("a", { class: "back" }, icon("back"), this.backTo);
  private readonly title = h("span", { class: "task-title" });
  private readonly image = h("span", { class: "image-name" });
  private readonly progress = h("span", { class: "progress-words" });
  private readonly status = h("span", { class: "status-badge" });
  private readonly time = h("span", { class: "time", hidden: true });
  private readonly save = h("span", { class: "save-state", role: "status", "data-save-state": "saved" });

  constructor(
    private readonly editor: Editor,
    private readonly taskUrl: string,
    private readonly loginUrl: string,
  ) {
    this.leadBack(null);
    this.element.append(this.back, this.title, this.image, this.status, this.progress, h("span", { class: "gap" }), this.time, this.save);
  }

  /** To where one came from: reviewers come from the page of the label. */
  private leadBack(review: string | null): void {
    this.back.href = review ?? this.taskUrl;
    this.back.title = review ? "Back to the review" : "Back to my tasks";
    this.backTo.textContent = review ? "Review" : "My tasks";
  }

  /** Buttons come with the commands, which know the task's classes. */
  setCommands(find: (id: string) => Command): void {
    this.element.querySelectorAll("button").forEach((button) => button.remove());
    const complete = commandButton(find("complete"), "Complete");
    complete.classList.add("primary");
    const reopen = commandButton(find("reopen"), "Reopen this image");
    reopen.classList.add("outlined");
    const approve = commandButton(find("approve"), "Approve");
    approve.classList.add("primary");
    const sendBack = commandButton(find("send-back"), "Send back");
    sendBack.classList.add("outlined");
    this.element.append(
      commandButton(find("palette")),
      commandButton(find("shortcuts")),
      commandButton(find("previous")),
      commandButton(find("next")),
      commandButton(find("give-back")),
      reopen,
      complete,
      sendBack,
      approve,
    );
  }

  update(): void {
    const { document } = this.editor;
    if (document) this.leadBack(document.data.review_url);
    this.title.textContent = this.editor.task?.title ?? "";
    this.image.textContent = document?.data.image.name ?? "";
    this.image.title = document ? `${document.data.image.width} × ${document.data.image.height} pixels` : "";
    const { submitted = 0, total = 0 } = document?.data.task.progress ?? {};
    this.progress.textContent = document ? `${submitted} of ${total} done` : "";
    const isOpen = document?.status === "in_progress";
    this.status.hidden = !document || (isOpen && document.data.mine);
    const by = document?.data.mine ? "" : ` · ${document?.data.labeler}`;
    this.status.textContent = document ? STATUS_WORDS[document.status] + by : "";
    this.status.dataset.status = document?.status ?? "";
    for (const button of this.element.querySelectorAll("button")) {
      const { command = "" } = button.dataset;
      if (command === "complete") button.hidden = !document?.editable;
      if (command === "approve" || command === "send-back") button.hidden = !document?.reviewable;
    }
  }

  /** Of work on this image; null where it is not counted. */
  showTime(seconds: number | null, isRunning: boolean): void {
    this.time.hidden = seconds === null;
    if (seconds === null) return;
    const pad = (number: number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / 3600);
    this.time.textContent = `${hours ? `${hours}:` : ""}${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`;
    this.time.classList.toggle("is-running", isRunning);
    this.time.title = isRunning
      ? "Your time on this image. It rests after a minute without input."
      : "Your time on this image. It rests until you go on.";
  }

  showSaveState(document: LabelDocument): void {
    // What is still being cut is kept nowhere yet.
    const isCutting = document.saveState === "saved" && this.editor.changes.isBusy;
    const state = isCutting ? "saving" : document.saveState;
    this.save.dataset.saveState = state;
    this.save.dataset.revision = String(document.outbox.head);
    this.save.replaceChildren(document.editable || state !== "saved" ? (isCutting ? "Saving…" : document.saveWords) : "");
    if (state === "login") {
      this.save.append(" ", h("a", { href: this.loginUrl, target: "_blank" }, "Log in"));
    }
  }
}

export function panelToggle(root: HTMLElement): HTMLButtonElement {
  const button = h("button", { type: "button", class: "panel-toggle", title: "Show or hide the panel", "aria-label": "Show or hide the panel" }, icon("panel"));
  button.addEventListener("click", () => root.classList.toggle("without-panel"));
  return button;
}

const STATUS_WORDS = {
  in_progress: "In progress",
  submitted: "Submitted",
  sent_back: "Sent back",
  approved: "Approved",
};

export class ToolBar {
  readonly element = h("nav", { class: "tools", "aria-label": "Tools" });
  private readonly zoom = h("span", { class: "zoom", title: "Zoom" });

  constructor(private readonly editor: Editor) {}

  setCommands(commands: readonly Command[]): void {
    const find = (id: string) => commands.find((command) => command.id === id)!;
    const tools = commands.filter(({ id, isOffered }) => isOffered && id.startsWith("tool-"));
    this.element.replaceChildren(
      ...tools.map((command) => commandButton(command)),
      h("hr"),
      ...["undo", "redo", "delete", "history"].map((id) => commandButton(find(id))),
      h("hr"),
      ...["zoom-in", "zoom-out", "fit"].map((id) => commandButton(find(id))),
      this.zoom,
      h("hr"),
      commandButton(find("look")),
    );
  }

  update(isLookOpen: boolean): void {
    for (const button of this.element.querySelectorAll("button")) {
      const { command = "" } = button.dataset;
      if (command === "look") button.setAttribute("aria-pressed", String(isLookOpen));
      if (!command.startsWith("tool-")) continue;
      button.setAttribute("aria-pressed", String(command === `tool-${this.editor.tool?.name}`));
      button.disabled = !this.editor.editable && !this.editor.tools.get(command.slice("tool-".length))?.isHarmless;
      button.classList.toggle("is-unfit", !this.editor.fits(command.slice("tool-".length)));
    }
  }

  showZoom(): void {
    this.zoom.textContent = `${Math.round(this.editor.view.s * 100)} %`;
  }
}

/** Buttons of commands that are not possible now look so. */
export function markPossible(root: HTMLElement, commands: readonly Command[]): void {
  for (const { id, isEnabled } of commands) {
    if (id.startsWith("tool-")) continue;
    for (const button of root.querySelectorAll<HTMLButtonElement>(`button[data-command="${id}"]`)) {
      button.disabled = !isEnabled();
      if (id === "reopen") button.hidden = !isEnabled();
    }
  }
}
