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
import { makeCommands, type Command } from "./commands";
import { Comments } from "./comments";
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
import { REFUSED_HINT } from "./tools/attempt";
import { commandButton, markPossible, ToolBar, TopBar } from "./ui/bars";
import { Cover } from "./ui/cover";
import { h } from "./ui/dom";
import { Pins } from "./ui/pins";
import { Panel, panelToggle } from "./ui/panel";
import { Toasts } from "./ui/toast";
import { toScreen } from "./view";
import type { EditorWindows } from "./ui/windows";

/** So near to the lower border of the stage, in pixels, the pointer is at the hint. */
const HINT_ROOM = 70;

const config = JSON.parse(document.getElementById("editor-config")!.textContent!) as Config;
const root = document.getElementById("editor")!;
const editor = new Editor();
const api = new Api(config.api, config.csrf);
const session = new Session(editor, api, config);
const settings = new Settings(config.settings, (parts) => api.saveSettings(parts));
const timekeeper = new Timekeeper(api);
const renewing = new Renewing(editor, api);
const stage = new Stage(editor, settings, api);
const toasts = new Toasts();
const top_ = new TopBar(editor, config.task_url, config.login_url);
const tools = new ToolBar(editor);
const deepening = new Deepening(editor, api, stage);
const comments = new Comments(editor, api);
const toStage = () => stage.element.focus({ preventScroll: true });
const panel = new Panel(editor, (id) => commands.find((command) => command.id === id)?.keys[0], toStage, comments);
const pins = new Pins(editor, comments, () => root.classList.remove("without-panel"));
const hint = h("div", { class: "hint" });
const cover = new Cover();
let commands: Command[] = [];
let replay: Promise<void> | null = null;
let windows: EditorWindows | null = null;
let loading: Promise<EditorWindows> | null = null;

root.className = "editor";
stage.element.append(pins.element, cover.element, hint, toasts.element);
const over = h("div", { class: "over" });
root.append(top_.element, tools.element, stage.element, over, panel.element);

async function loadWindows(): Promise<EditorWindows> {
  const { EditorWindows } = await import("./ui/windows");
  const onLooks = () => {
    if (made.looks.isOpen) void deepening.want();
    updatePanels();
  };
  const made = new EditorWindows(editor, api, settings, root, { commands: () => commands, onLooks, updatePanels, toStage });
  panel.element.append(made.history.element);
  toasts.element.before(made.simplify.element, made.pastBar.element);
  over.append(made.minimap.element, made.looks.notice, made.looks.element);
  root.append(made.sheet.element, made.palette.element, made.versions.element);
  made.pastBar.setCommands(commandOf);
  windows = made;
  if (editor.document) made.minimap.open();
  showLook();
  return made;
}

/** Open something; a key that is pressed before its code is there waits for it. */
async function withWindows(act: (windows: EditorWindows) => void): Promise<void> {
  try {
    act(windows ?? (await (loading ??= loadWindows())));
  } catch (problem) {
    if (windows) throw problem;
    loading = null;
    editor.say("This part of the editor could not be loaded. Try again in a moment, or reload.", "warning");
  }
}

/** What is written beside the canvas, at most once a frame however much changes. */
let panelsFrame = 0;
function updatePanels(): void {
  panelsFrame ||= requestAnimationFrame(() => {
    panelsFrame = 0;
    top_.update();
    tools.update(windows?.looks.isOpen ?? false);
    panel.update();
    windows?.update();
    const words = editor.refused ? REFUSED_HINT : editor.tool?.hint;
    hint.textContent = editor.editable ? (words ?? "") : "";
    markPossible(root, commands);
  });
}

/** The hint makes room for what one draws at the lower border. */
function placeHint(): void {
  const { pointer, view, stage: size } = editor;
  const isBelow = pointer !== null && toScreen(view, pointer).y > size.height - HINT_ROOM;
  hint.classList.toggle("is-away", isBelow);
}
for (const name of ["pointermove", "pointerleave"]) stage.element.addEventListener(name, placeHint);

const drawStage = editor.onDraw;
editor.onDraw = () => {
  drawStage();
  tools.showZoom();
  windows?.minimap.update();
  pins.place();
};
comments.onChange = () => {
  panel.comments.update();
  pins.update();
  updatePanels();
};
comments.onDraft = () => inPanel(() => panel.comments.startWriting());
editor.onMark = (place, shape) => {
  editor.setTool(editor.toolAfterMark);
  comments.mark(place, shape);
};
editor.onPanels = updatePanels;
editor.suggestions.onChange = updatePanels;
editor.onPast = () => stage.showPast();
editor.onToast = (words, tone) => toasts.show(words, tone);

editor.changes.onBusy = () => editor.document && top_.showSaveState(editor.document);
session.onSaveState = (of) => {
  if (of !== editor.document) return;
  top_.showSaveState(of);
  if (of.saveState === "saved") void windows?.timeline.refresh();
  // Perhaps because its class was archived.
  if (of.saveState === "refused") void renewing.look();
  updatePanels();
};

session.onClashes = (clashes) => void withWindows(({ versions }) => versions.show(clashes));
session.isChoosing = () => windows?.versions.isOpen ?? false;

timekeeper.onTick = () => top_.showTime(timekeeper.seconds, timekeeper.isRunning);

stage.onRange = showLook;

session.onLoading = (words, wait) => {
  timekeeper.open(null);
  toasts.clear();
  windows?.versions.close();
  delete root.dataset.ready;
  const giveBack = commandOf("give-back");
  cover.show(words, wait, giveBack.isEnabled() ? [commandButton(giveBack, giveBack.name)] : []);
  updatePanels();
};

session.onOpened = (opened, picture) => {
  chooseTools(editor);
  editor.missing = new Set();
  offerCommands();
  stage.open(opened, picture);
  showLook();
  if (windows?.looks.isOpen || settings.picture.window) void deepening.want();
  windows?.minimap.open();
  opened.store.onChange(() => windows?.timeline.compare());
  opened.store.onChange(updatePanels);
  opened.store.onReject(updatePanels);
  opened.store.onReject(() => editor.onDraw());
  editor.fit();
  panel.open();
  editor.others = [];
  comments.open(opened.data.id, opened.data.comments);
  windows?.timeline.reset();
  top_.showSaveState(opened);
  timekeeper.open(opened.data.mine ? opened.data.id : null, opened.data.seconds);
  cover.hide();
  updatePanels();
  document.title = `${opened.data.image.name} – ${opened.data.task.title}`;
  root.dataset.ready = String(opened.data.id);
  replay ??= replayAndTell(config, session, toasts);
  void withWindows(() => undefined);
};

/** Also while no image is there yet, or does not come: some of them lead on. */
function offerCommands(): void {
  commands = makeCommands(editor, session, settings, {
    toggleLook: () => void withWindows(({ looks }) => looks.toggle()),
    toggleKeys: () => void withWindows(({ sheet }) => sheet.toggle()),
    togglePalette: () => void withWindows(({ palette }) => palette.toggle()),
    inHistory: (act) => void withWindows(({ timeline }) => act(timeline)),
    comments,
    toggleOthers: () => void withWindows((made) => made.toggleOthers()),
    openSimplify: () => void withWindows(({ simplify }) => simplify.open(toStage)),
    findClass: () => inPanel(() => panel.classes.startSearch()),
    findShape: () => inPanel(() => panel.shapes.startFilter()),
    answer: (part) => inPanel(() => panel.answers[part].start()),
  });
  showCommands();
}

/** What is in the panel is of use only while one sees it. */
function inPanel(act: () => void): void {
  root.classList.remove("without-panel");
  act();
}

const commandOf = (id: string): Command => commands.find((command) => command.id === id)!;

/** Buttons and the panel name the keys that are in force. */
function showCommands(): void {
  applyKeys(commands, settings.keys);
  tools.setCommands(commands);
  panel.actions.setCommands(commands);
  panel.suggestions.setCommands(commands);
  windows?.pastBar.setCommands(commandOf);
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
  if (windows) {
    windows.minimap.isWanted = settings.look.minimap;
    windows.minimap.update();
    windows.looks.window.range = stage.range;
    windows.looks.update();
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
window.addEventListener("focus", () => void comments.refresh());
window.addEventListener("beforeunload", (event) => {
  editor.changes.finishNow();
  // What is in the browser's own storage is sent when the label is opened again.
  if (session.isUnkept || editor.isDrawing) event.preventDefault();
});
window.addEventListener("pagehide", () => {
  editor.changes.finishNow();
  editor.document?.outbox.keepNow();
});
offerCommands();
renewing.start();
stage.applyLook("picture");
stage.applyLook("look");
showLook();

void session.open(config.label, "replace");
