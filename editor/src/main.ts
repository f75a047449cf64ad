/** Starts the editor on the page that names a label. */

import "./look/editor.css";
import "./look/stage.css";
import "./look/panel.css";
import "./look/answers.css";
import "./look/lookpanel.css";
import "./look/about.css";
import "./look/comments.css";
import "./look/history.css";
import "./look/suggestions.css";
import "./look/windows.css";
import "./look/narrow.css";
import { chooseTools } from "./choosing";
import type { Command } from "./command";
import { makeCommands } from "./commands";
import { Deepening } from "./deepening";
import { Editor } from "./editor";
import { listenToKeys } from "./keyboard";
import { applyKeys } from "./keymap";
import { Api } from "./save/api";
import { Renewing } from "./renewing";
import { replayAndTell } from "./returned";
import { Session, type Config } from "./session";
import { Settings } from "./settings";
import { Stage } from "./stage";
import { Timekeeper } from "./timekeeping";
import { commandButton, markPossible, panelToggle, ToolBar, TopBar } from "./ui/bars";
import { Cover } from "./ui/cover";
import { h } from "./ui/dom";
import { Hint } from "./ui/hint";
import { Toasts } from "./ui/toast";
import type { Surroundings } from "./ui/surroundings";
import type { Wait } from "./waiting";

/** What was not to be had is asked for again after so long. */
const RETRY_MS = 4000;

const config = JSON.parse(document.getElementById("editor-config")!.textContent!) as Config;
const root = document.getElementById("editor")!;
const editor = new Editor();
const api = new Api(config.api, config.csrf);
const session = new Session(editor, api, config);
const settings = new Settings(config.settings, (parts) => api.saveSettings(parts));
const timekeeper = new Timekeeper(api);
const renewing = new Renewing(editor, api, async () => around?.learnClasses());
const stage = new Stage(editor, settings, api);
const toasts = new Toasts();
const top_ = new TopBar(editor, config.task_url, config.login_url);
const tools = new ToolBar(editor);
const deepening = new Deepening(editor, api, stage);
const toStage = () => stage.element.focus({ preventScroll: true });
const hint = new Hint(editor);
const cover = new Cover();
let commands: Command[] = [];
let replay: Promise<void> | null = null;
let around: Surroundings | null = null;
let loading: Promise<typeof import("./ui/surroundings")> | null = null;
let retrying: ReturnType<typeof setTimeout> | undefined;

root.className = "editor";
stage.element.append(cover.element, hint.element, toasts.element);
const over = h("div", { class: "over" });
const beside = h("aside", { class: "panel", "aria-label": "Classes and shapes" });
root.append(top_.element, tools.element, stage.element, over, beside);

function surround(made: Surroundings): Surroundings {
  cover.element.before(made.pins.element);
  toasts.element.before(made.simplify.element, made.pastBar.element);
  over.append(made.minimap.element, made.looks.notice, made.looks.element);
  root.append(made.sheet.element, made.palette.element, made.versions.element, made.sendBack.element);
  return made;
}

const page = {
  ...{ root, session, beside, toStage, updatePanels },
  commands: () => commands,
  onLooks: () => {
    if (around?.looks.isOpen) void deepening.want();
    updatePanels();
  },
};

/** Do something around the image; a key that is pressed before its code is there waits for it. */
async function withSurroundings(act: (around: Surroundings) => void): Promise<void> {
  if (!around) {
    const code = await (loading ??= import("./ui/surroundings")).catch(() => null);
    if (!code) {
      loading = null;
      clearTimeout(retrying);
      retrying = setTimeout(fetchSurroundings, RETRY_MS);
      return editor.say("The panel and windows of the editor could not be loaded. They are tried again.", "warning");
    }
    around ??= surround(new code.Surroundings(editor, api, settings, page));
    showLook();
  }
  act(around);
}

/** At once, so that it is there when the network is not. */
const fetchSurroundings = (): void => void withSurroundings(() => undefined);

/** What is written beside the canvas, at most once a frame however much changes. */
let panelsFrame = 0;
function updatePanels(): void {
  panelsFrame ||= requestAnimationFrame(() => {
    panelsFrame = 0;
    session.unfinished.note();
    top_.update();
    tools.update(around?.looks.isOpen ?? false);
    around?.update();
    hint.update();
    markPossible(root, commands);
  });
}

for (const name of ["pointermove", "pointerleave"]) stage.element.addEventListener(name, () => hint.place());

const drawStage = editor.onDraw;
editor.onDraw = () => {
  drawStage();
  tools.showZoom();
  around?.place();
};
editor.onMark = (place, shape) => {
  editor.setTool(editor.toolAfterMark);
  void withSurroundings(({ comments }) => comments.mark(place, shape));
};
editor.onPanels = updatePanels;
editor.suggestions.onChange = updatePanels;
editor.onPast = () => stage.showPast();
editor.onToast = (words, tone) => toasts.show(words, tone);

editor.changes.onBusy = () => {
  if (editor.document) top_.showSaveState(editor.document);
  updatePanels();
};
session.onSaveState = (of) => {
  if (of !== editor.document) return;
  top_.showSaveState(of);
  if (of.saveState === "saved") void around?.timeline.refresh();
  // Perhaps because its class was archived.
  if (of.saveState === "refused") void renewing.look();
  updatePanels();
};

session.onClashes = (clashes) => void withSurroundings(({ versions }) => versions.show(clashes));
session.isChoosing = () => around?.versions.isOpen ?? false;

timekeeper.onTick = () => top_.showTime(timekeeper.seconds, timekeeper.isRunning);

stage.onRange = showLook;

/** There is nothing to draw on: `ways` are the commands by which one goes on. */
function coverImage(words: string, wait: Wait | undefined, ways: Command[]): void {
  timekeeper.open(null);
  toasts.clear();
  around?.versions.close();
  delete root.dataset.ready;
  cover.show(words, wait, ways.filter((one) => one.isEnabled()).map((one) => commandButton(one, one.name)));
  root.classList.toggle("without-image", session.isMissing);
  updatePanels();
}
session.onLoading = (words, wait) => coverImage(words, wait, [commandOf("give-back")]);
session.onMissing = (words) => {
  coverImage(words, undefined, [{ ...commandOf("next"), name: "Try again" }, commandOf("give-back")]);
};

session.onOpened = (opened, picture, range) => {
  chooseTools(editor);
  editor.missing = new Set();
  offerCommands();
  stage.open(opened, picture, range);
  showLook();
  if (around?.looks.isOpen || settings.picture.window) void deepening.want();
  opened.store.onChange(updatePanels);
  opened.store.onReject(updatePanels);
  opened.store.onReject(() => editor.onDraw());
  editor.fit();
  editor.others = [];
  around?.open(opened);
  top_.showSaveState(opened);
  timekeeper.open(opened.data.mine ? opened.data.id : null, opened.data.seconds);
  cover.hide();
  root.classList.remove("without-image");
  updatePanels();
  document.title = `${opened.data.image.name} – ${opened.data.task.title}`;
  root.dataset.ready = String(opened.data.id);
  replay ??= replayAndTell(config, session, toasts);
};

/** Also while no image is there yet, or does not come: some of them lead on. */
function offerCommands(): void {
  commands = makeCommands(editor, session, settings, {
    toggleLook: () => void withSurroundings(({ looks }) => looks.toggle()),
    toggleKeys: () => void withSurroundings(({ sheet }) => sheet.toggle()),
    togglePalette: () => void withSurroundings(({ palette }) => palette.toggle()),
    inHistory: (act) => void withSurroundings(({ timeline }) => act(timeline)),
    inComments: (act) => void withSurroundings(({ comments }) => act(comments)),
    get hasOpenComments() {
      return (around?.comments.opened.length ?? 0) > 0;
    },
    approve: () => void withSurroundings(({ reviewing }) => reviewing.approve()),
    sendBack: () => void withSurroundings(({ sendBack }) => sendBack.open()),
    toggleOthers: () => void withSurroundings((made) => made.toggleOthers()),
    openSimplify: () => void withSurroundings(({ simplify }) => simplify.open(toStage)),
    findClass: () => void withSurroundings((made) => made.inPanel().classes.startSearch()),
    findShape: () => void withSurroundings((made) => made.inPanel().shapes.startFilter()),
    answer: (part) => void withSurroundings((made) => made.inPanel().answers[part].start()),
  });
  showCommands();
}

const commandOf = (id: string): Command => commands.find((command) => command.id === id)!;

/** Buttons and the panel name the keys that are in force. */
function showCommands(): void {
  applyKeys(commands, settings.keys);
  tools.setCommands(commands);
  around?.setCommands(commands);
  top_.setCommands(commandOf);
  top_.element.append(panelToggle(root));
  updatePanels();
}

settings.onChange = (part) => {
  if (part === "keys") return showCommands();
  stage.applyLook(part);
  showLook();
};

function showLook(): void {
  if (around) {
    around.minimap.isWanted = settings.look.minimap;
    around.minimap.update();
    around.looks.window.range = stage.range;
    around.looks.update();
  }
  updatePanels();
}

listenToKeys(editor, () => commands);
root.addEventListener("click", (event) => {
  // Whoever clicks goes on by keys: Space and Enter are for the image, not for the last button.
  const isByPointer = event.detail > 0;
  const button = (event.target as Element).closest("button");
  const isWriting = document.activeElement?.matches("input, textarea");
  if (isByPointer && button && !isWriting && !button.closest("dialog")) toStage();
});
window.addEventListener("popstate", ({ state }) => {
  if (typeof state === "number") void session.follow(state);
});
const wake = () => editor.document?.outbox.wake();
window.addEventListener("online", wake);
document.addEventListener("visibilitychange", wake);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") void settings.flush();
  if (document.visibilityState === "hidden") void editor.document?.rejections.flush();
});
window.addEventListener("focus", wake);
window.addEventListener("focus", () => void around?.comments.refresh());
window.addEventListener("beforeunload", (event) => {
  editor.changes.finishNow();
  // Also what was drawn since the last frame.
  session.unfinished.note();
  // What is in the browser's own storage is sent when the label is opened again.
  if (session.isUnkept) event.preventDefault();
});
window.addEventListener("pagehide", () => {
  editor.changes.finishNow();
  editor.document?.keepNow();
  session.unfinished.note();
  editor.document?.halfDrawn.keepNow();
});
offerCommands();
renewing.start();
stage.applyLook("picture");
stage.applyLook("look");
showLook();

void session.open(config.label, "replace");
fetchSurroundings();
