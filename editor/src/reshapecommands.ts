/** Commands that make other shapes of those that are selected: merge, take apart, convert, simplify. */

import type { Command, MakeCommand } from "./command";
import type { Order } from "./cut/orders";
import type { Editor } from "./editor";
import type { Target } from "./shapes/convert";

export function reshapeCommands(editor: Editor, make: MakeCommand, simplify: () => void): Command[] {
  const hasSelection = () => editor.editable && editor.selection.size > 0;
  const hasSeveral = () => hasSelection() && editor.selection.size > 1;
  const command = (id: string, name: string, keys: string[], run: () => void, isEnabled = hasSelection) => {
    const words = isEnabled === hasSeveral ? "Select at least two shapes first." : "Select a shape first.";
    return { ...make("Shapes", id, name, keys, run, isEnabled), whyNot: () => (editor.editable ? words : null) };
  };
  const reshape = (id: string, name: string, keys: string[], order: (chosen: string[]) => Order, isEnabled = hasSelection) => {
    const run = () => {
      const chosen = [...editor.selection];
      editor.changes.carryOut({ order: () => order(chosen) });
    };
    return command(id, name, keys, run, isEnabled);
  };
  const convert = (to: Target, name: string) =>
    reshape(`to-${to}`, `Make it ${name}`, [], (chosen) => ({ act: "convert", to, chosen }));
  return [
    reshape("merge", "Merge into one shape", ["M"], (chosen) => ({ act: "merge", chosen }), hasSeveral),
    reshape("separate", "Separate the parts", ["Shift+M"], (chosen) => ({ act: "separate", chosen })),
    reshape("fill-holes", "Fill the holes", [], (chosen) => ({ act: "fill", chosen })),
    command("simplify", "Simplify…", ["Q"], simplify),
    convert("polygon", "a polygon"),
    convert("mask", "a mask of whole pixels"),
    convert("rectangle", "an upright rectangle"),
    convert("rotated", "a rotated rectangle"),
    convert("ellipse", "an ellipse"),
    convert("line", "a line"),
  ];
}
