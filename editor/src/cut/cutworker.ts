/** Cuts shapes beside the page, which goes on drawing meanwhile. */

import { Mirror, type ToCutWorker } from "./mirror";

/** Of corners; the page takes so many within a few milliseconds. */
const PORTION = 10_000;

const mirror = new Mirror(PORTION);

onmessage = ({ data }: MessageEvent<ToCutWorker>) => {
  if (data.type === "order") postMessage("begun");
  for (const answer of mirror.hear(data)) {
    const transfer = typeof answer === "object" && "part" in answer ? [answer.part.numbers.buffer] : [];
    postMessage(answer, { transfer });
  }
};
