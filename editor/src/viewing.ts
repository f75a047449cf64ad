/** Commands for what one sees: the view, the look of the picture, lines that help. */

import type { Command, Windows } from "./command";
import type { Editor } from "./editor";
import { USUAL_PICTURE, type Chosen, type Settings } from "./settings";
import { chooseTheme, chosenTheme, THEMES } from "./theme";
import { panned, zoomed } from "./view";

type Make = (id: string, name: string, keys: string[], run: () => void, isEnabled?: () => boolean) => Command;

export function viewCommands(editor: Editor, settings: Settings, windows: Windows, make: Make): Command[] {
  const always = () => true;
  const toggle = <P extends "look" | "picture">(part: P, field: keyof Chosen[P] & string, name: string, keys: string[] = []) =>
    make(field, name, keys, () => settings.change(part, { [field]: !settings[part][field] } as never), always);
  return [
    {
      ...make("hand", "Select, and move the image, while held", ["Space"], () => holdSelect(editor)),
      release: () => letGoOfSelect(editor),
    },
    {
      ...make("hide", "Hide the shapes while held", ["H"], () => hideShapes(editor, true)),
      release: () => hideShapes(editor, false),
    },
    make("fit", "Whole image", ["0"], () => editor.fit()),
    make("actual", "One to one", ["Shift+0"], () => zoomTo(editor, 1)),
    make("zoom-in", "Zoom in", ["+", "="], () => zoomBy(editor, 1.25)),
    make("zoom-out", "Zoom out", ["-"], () => zoomBy(editor, 0.8)),
    ...pans(editor).map(([name, key, run]) => make(`pan-${name}`, `Look further ${name}`, [key], run)),
    make("go-to", "Go to the selected shape", ["G"], () => editor.goTo(editor.selected[0]), () => editor.selection.size > 0),
    make("look", "Picture and shapes: how they look", ["I"], () => windows.toggleLook(), always),
    toggle("picture", "invert", "Invert the picture", ["Shift+I"]),
    toggle("picture", "equalise", "Equalise the picture"),
    make("as-it-is", "Show the picture as it is", [], () => settings.replace("picture", USUAL_PICTURE), always),
    toggle("look", "labels", "Names on shapes"),
    toggle("look", "answers", "Answers on shapes"),
    toggle("look", "patterns", "Patterns besides colours"),
    make("by-object", "A colour for each shape, or for each class", [], () => swapColors(settings), always),
    toggle("look", "grid", "Grid", ["Shift+G"]),
    toggle("look", "crosshair", "Crosshair", ["Shift+X"]),
    toggle("look", "minimap", "Minimap"),
    make("theme", "Page light, dark, or as the system", [], () => nextTheme(editor), always),
  ];
}

function nextTheme(editor: Editor): void {
  const at = THEMES.findIndex(([theme]) => theme === chosenTheme());
  const [theme, words] = THEMES[(at + 1) % THEMES.length];
  chooseTheme(theme);
  editor.say(`The page: ${words.toLowerCase()}.`);
}

function swapColors(settings: Settings): void {
  settings.change("look", { color_by: settings.look.color_by === "class" ? "object" : "class" });
}

function pans(editor: Editor): [string, string, () => void][] {
  const by = (dx: number, dy: number) => () => {
    const { width, height } = editor.stage;
    editor.setView(panned(editor.view, (dx * width) / 4, (dy * height) / 4));
  };
  return [
    ["left", "Shift+ArrowLeft", by(1, 0)],
    ["right", "Shift+ArrowRight", by(-1, 0)],
    ["up", "Shift+ArrowUp", by(0, 1)],
    ["down", "Shift+ArrowDown", by(0, -1)],
  ];
}

function hideShapes(editor: Editor, isHidden: boolean): void {
  editor.hidesShapes = isHidden;
  editor.onDraw();
}

/** How much was done when Select was taken up by holding its key. */
let doneBefore: number | undefined;

function holdSelect(editor: Editor): void {
  const select = editor.tools.get("select")!;
  if (editor.toolBefore || editor.tool === select) return;
  // Corners that are set wait meanwhile; what the pointer holds would be dropped.
  if (editor.tool?.isBusy && !editor.tool.putAside) return;
  editor.toolBefore = editor.tool;
  editor.tool = select;
  doneBefore = editor.document?.store.history.done.length;
  editor.onPanels();
  editor.onDraw();
}

function letGoOfSelect(editor: Editor): void {
  if (!editor.toolBefore) return;
  editor.tool?.cancel();
  // Who moved or reshaped something meanwhile goes on with the next shape.
  if (editor.document?.store.history.done.length !== doneBefore) editor.drawsOn = true;
  editor.tool = editor.toolBefore;
  editor.toolBefore = null;
  editor.hover = null;
  editor.onPanels();
  editor.onDraw();
}

function zoomBy(editor: Editor, factor: number): void {
  const { width, height } = editor.stage;
  editor.setView(zoomed(editor.view, factor, { x: width / 2, y: height / 2 }));
}

function zoomTo(editor: Editor, scale: number): void {
  zoomBy(editor, scale / editor.view.s);
}
