/** What pages that are gone left in this browser: sent from here, and told above the page. */

import { loadReplay } from "../save/replaying";

function line(look: string, words: string): HTMLElement {
  const alert = document.createElement("div");
  alert.className = `alert alert-${look}`;
  alert.textContent = words;
  return alert;
}

export async function replayAndTell(place: HTMLElement): Promise<void> {
  const { keptWords, Replay, savedWords } = await loadReplay();
  const { user, api, labelUrl } = place.dataset as Record<"user" | "api" | "labelUrl", string>;
  // The token for saving is in the cookie.
  const server = { api: api.replace(/\/$/, ""), csrf: "" };
  const replay = new Replay(server, Number(user), () => false, ({ saved, kept }) => {
    if (saved) place.append(line("success", savedWords(saved)));
    for (const fate of kept) {
      const alert = line("warning", keptWords(fate));
      if (fate.name !== null) {
        const link = document.createElement("a");
        link.className = "alert-link";
        link.href = labelUrl.replace(/\b0\b/, String(fate.label));
        link.textContent = "Open it";
        alert.append(" ", link);
      }
      place.append(alert);
    }
  });
  await replay.start();
  place.dataset.tried = "yes";
}
