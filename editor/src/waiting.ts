/** A huge image is shown in tiles, which the server makes once; until then one waits and sees how far it is. */

import type { Range } from "./paint/windowing";
import { NoAnswer, type Api, type ImageData, type TilesData } from "./save/api";

const ASK_MS = 1000;

export interface Wait {
  /** Null while nobody knows. */
  percent: number | null;
  thumbnail: string;
}

/** Resolves when the tiles are there, with the range of their values if they have more than 8 bits. */
export async function tilesReady(
  api: Api,
  { thumbnail }: ImageData,
  tiles: TilesData,
  signal: AbortSignal | undefined,
  onWait: (wait: Wait) => void,
): Promise<Range | null> {
  for (;;) {
    const { state, percent, words, range } = await api.tiles(tiles, signal);
    if (state === "ready") return range && { low: range[0], high: range[1] };
    if (state === "failed") throw new NoAnswer(`This image cannot be shown: ${words} Tell the staff.`);
    onWait({ percent: state === "running" ? percent : null, thumbnail });
    await new Promise((done) => setTimeout(done, ASK_MS));
    signal?.throwIfAborted();
  }
}
