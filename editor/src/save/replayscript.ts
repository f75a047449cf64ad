/** What src/save/replaying.ts loads. A script that is built like a worker has no exports. */

import { keptWords, Replay, savedWords } from "./replay";

export interface ReplayScript {
  Replay: typeof Replay;
  keptWords: typeof keptWords;
  savedWords: typeof savedWords;
}

Object.assign(window, { s3labelReplay: { Replay, keptWords, savedWords } satisfies ReplayScript });
