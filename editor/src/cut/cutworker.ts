/** Cuts shapes beside the page, which goes on drawing meanwhile. */

import { Mirror, type ToCutWorker } from "./mirror";

const mirror = new Mirror();

onmessage = ({ data }: MessageEvent<ToCutWorker>) => {
  if (data.type === "order") postMessage("begun");
  const answer = mirror.hear(data);
  if (answer) postMessage(answer);
};
