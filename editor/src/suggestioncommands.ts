/** The commands for what models suggest. */

import type { Command, MakeCommand } from "./command";
import type { Editor } from "./editor";

export function suggestionCommands(editor: Editor, command: MakeCommand): Command[] {
  const { suggestions } = editor;
  const hasSome = () => suggestions.waiting.length > 0;
  const hasCurrent = () => suggestions.current !== null;
  /** The first key looks, the second decides: nothing is decided unseen. */
  const decide = (act: (one: NonNullable<typeof suggestions.current>) => void) => () => {
    const { current } = suggestions;
    if (current) act(current);
  };
  const make = (id: string, name: string, keys: string[], run: () => void, isEnabled = hasSome): Command => ({
    ...command("Suggestions", id, name, keys, run, isEnabled),
    isOffered: (editor.document?.data.suggestions.length ?? 0) > 0,
  });
  return [
    make("next-suggestion", "Next suggestion", ["Z"], () => suggestions.step(1)),
    make("previous-suggestion", "Previous suggestion", ["Shift+Z"], () => suggestions.step(-1)),
    make("accept-suggestion", "Accept the suggestion", ["Y"], decide((one) => suggestions.accept([one])), hasCurrent),
    make("correct-suggestion", "Accept the suggestion and correct it", ["Shift+Y"], decide((one) => suggestions.correct(one)), hasCurrent),
    make("reject-suggestion", "Reject the suggestion", ["D"], decide((one) => suggestions.reject([one])), hasCurrent),
    make("accept-suggestions", "Accept all suggestions", ["Ctrl+Shift+Y"], () => suggestions.accept(suggestions.waiting)),
    make("reject-suggestions", "Reject all suggestions", ["Ctrl+Shift+X"], () => suggestions.reject(suggestions.waiting)),
  ];
}
