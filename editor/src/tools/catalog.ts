/** Every tool: its name, as the task allows it, its title and its key. */

import type { Editor } from "../editor";
import { BrushTool } from "./brush";
import { CommentTool } from "./comment";
import { FillTool } from "./fill";
import { FreehandTool } from "./freehand";
import { isForAreas, kindsOf } from "./kinds";
import { KeypointsTool } from "./keypoints";
import { PolygonTool, PolylineTool } from "./polygon";
import { EllipseTool, RectangleTool } from "./rectangle";
import { RotatedRectangleTool } from "./rotated";
import { SelectTool } from "./select";
import { CircleTool, PointTool } from "./spots";
import { SplitTool } from "./split";
import type { Tool } from "./tool";

export interface ToolEntry {
  name: string;
  title: string;
  key: string;
  make(editor: Editor): Tool;
}

const entry = (name: string, title: string, key: string, make: (editor: Editor) => Tool): ToolEntry => ({
  name,
  title,
  key,
  make,
});

/** In the order of the tool bar; the names are those of labeling/tools.py. */
export const TOOLS: readonly ToolEntry[] = [
  entry("select", "Select", "V", (editor) => new SelectTool(editor)),
  entry("rectangle", "Rectangle", "R", (editor) => new RectangleTool(editor)),
  entry("rotated_rectangle", "Rotated rectangle", "Shift+R", (editor) => new RotatedRectangleTool(editor)),
  entry("polygon", "Polygon", "P", (editor) => new PolygonTool(editor)),
  entry("freehand", "Freehand", "F", (editor) => new FreehandTool(editor)),
  entry("brush", "Brush", "B", (editor) => new BrushTool(editor, "brush")),
  entry("eraser", "Eraser", "E", (editor) => new BrushTool(editor, "eraser")),
  entry("fill", "Fill a gap", "Shift+F", (editor) => new FillTool(editor)),
  entry("split", "Divide by a line", "X", (editor) => new SplitTool(editor)),
  entry("circle", "Circle", "C", (editor) => new CircleTool(editor)),
  entry("ellipse", "Ellipse", "Shift+C", (editor) => new EllipseTool(editor)),
  entry("polyline", "Line", "L", (editor) => new PolylineTool(editor)),
  entry("point", "Point", "O", (editor) => new PointTool(editor)),
  entry("keypoints", "Keypoints", "K", (editor) => new KeypointsTool(editor)),
  entry("comment", "Comment on a place", "T", (editor) => new CommentTool(editor)),
];

/** These change nothing. */
const FOR_ALL = ["select", "comment"];

/** What changes nothing is always there; the rest is for the task to allow. */
export function makeTools(editor: Editor, allowed: readonly string[]): Tool[] {
  const isOffered = (name: string) =>
    FOR_ALL.includes(name) || allowed.includes(name) || (isForAreas(name) && kindsOf(allowed).has("polygon"));
  return TOOLS.filter(({ name }) => isOffered(name)).map(({ make }) => make(editor));
}
