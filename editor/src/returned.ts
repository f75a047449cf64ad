/** What was drawn on other images than the open one, and left in the browser by pages that are gone. */

import { loadReplay } from "./save/replaying";
import type { Config, Session } from "./session";
import type { Toasts } from "./ui/toast";

export async function replayAndTell(config: Config, session: Session, toasts: Toasts): Promise<void> {
  const { keptWords, Replay, savedWords } = await loadReplay();
  const replay = new Replay(config, config.user, (label) => session.holds(label), ({ saved, kept }) => {
    if (!kept.length) return toasts.show(savedWords(saved), "info");
    const [one] = kept;
    const isOne = kept.length === 1 && one.name !== null;
    // The page of the tasks tells each of several, with its link.
    const link = isOne ? { words: "Open it", url: session.urlOf(one.label) } : { words: "My tasks", url: config.task_url };
    toasts.show(kept.map(keptWords).join(" "), "warning", link);
  });
  await replay.start();
}
