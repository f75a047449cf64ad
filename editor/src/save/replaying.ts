/**
 * Loads the script that sends what was left behind, when a page has nothing better to do. It is built
 * like a worker, as one file with all that it needs: a chunk that it shared with the editor would
 * make the editor larger, and the pages around it would wait for code of no use to them.
 */

import type { ReplayScript } from "./replayscript";
import url from "./replayscript?worker&url";

export async function loadReplay(): Promise<ReplayScript> {
  await import(/* @vite-ignore */ url);
  return (window as unknown as { s3labelReplay: ReplayScript }).s3labelReplay;
}
