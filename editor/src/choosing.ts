/** Which tools an image has, and which tool and class are in hand when it opens. */

import type { Editor } from "./editor";
import { recall } from "./remembering";
import { makeTools } from "./tools/catalog";

/** The tool that was in hand when an image came that can only be looked at. */
let waiting: string | null = null;

/** The tool used last stays chosen from image to image. */
export function chooseTools(editor: Editor): void {
  const { tools: allowed, default_tool: first, classes } = editor.task!;
  const hasKeypoints = classes.some(({ archived, skeleton }) => !archived && skeleton.points.length > 0);
  const offered = makeTools(editor, allowed).filter(({ name }) => hasKeypoints || name !== "keypoints");
  editor.tools = new Map(offered.map((tool) => [tool.name, tool]));
  editor.toolBefore = null;
  const inHand = waiting ?? editor.tool?.name ?? null;
  waiting = editor.editable ? null : inHand;
  const wanted = editor.editable ? (isOfUse(editor, inHand) ? inHand : recall("tool")) : "select";
  editor.tool = editor.tools.get(wanted ?? first) ?? editor.tools.get(first) ?? editor.tools.get("select")!;
  const open = classes.filter(({ archived }) => !archived);
  const last = editor.activeClass ?? Number(recall("class"));
  editor.activeClass = (open.find(({ id }) => id === last) ?? open[0])?.id ?? null;
  const fitting = editor.labelClass(editor.activeClass)?.tools.find((name) => editor.tools.has(name));
  if (!editor.fits(editor.tool.name) && fitting) editor.tool = editor.tools.get(fitting)!;
}

/** Where nothing is drawn yet, there is nothing to select, to rub out or to divide. */
function isOfUse(editor: Editor, name: string | null): boolean {
  const tool = name === null ? undefined : editor.tools.get(name);
  if (!tool) return false;
  const { store, data } = editor.document!;
  const isEmpty = !store.shapes.size && !data.suggestions.length;
  return !isEmpty || !(tool.isHarmless || tool.needsShapes);
}
