/** What a label needs to be opened: its state, and the picture or the tiles of its image. */

import { decode, type Ahead } from "./ahead";
import type { Range } from "./paint/windowing";
import { AskAgain, NoAnswer, saidBy, type Api, type LabelData } from "./save/api";
import { tilesReady, type Wait } from "./waiting";

export interface Fetched {
  data: LabelData;
  /** A huge image has none: it comes in tiles. */
  picture: ImageBitmap | null;
  /** Of the values in its tiles, if they have more than 8 bits. */
  range: Range | null;
}

interface Events {
  /** What is known of the label, before its image is there. */
  onLabel(data: LabelData): void;
  onLoading(words: string, wait?: Wait): void;
}

export class Fetching {
  constructor(
    private readonly api: Api,
    private readonly ahead: Ahead,
    private readonly events: Events,
  ) {}

  /** `known` is the label as the server has just given it. */
  async fetch(id: number, signal: AbortSignal, known: LabelData | null = null): Promise<Fetched> {
    const data = known ?? (await this.label(id, signal));
    signal.throwIfAborted();
    this.events.onLabel(data);
    const { tiles } = data.image;
    if (tiles) {
      const wait = (how: Wait) => {
        if (!signal.aborted) this.events.onLoading("This image is huge. It is being prepared; this is done once.", how);
      };
      return { data, picture: null, range: await tilesReady(this.api, data.image, tiles, signal, wait) };
    }
    const fetched = (await this.ahead.take(data)) ?? (await this.picture(data.image.url, signal));
    const picture = fetched instanceof Blob ? await decode(fetched) : fetched;
    if (!picture) throw new NoAnswer("The image file cannot be shown; tell the staff.");
    if (picture.width !== data.image.width || picture.height !== data.image.height) {
      throw new NoAnswer("The image file has changed since it was imported; tell the staff.");
    }
    return { data, picture, range: null };
  }

  /** A storage that does not answer is asked again until it does, or something else is opened. */
  private async picture(url: string, signal: AbortSignal): Promise<Blob> {
    for (;;) {
      try {
        return await this.api.picture(url, signal);
      } catch (problem) {
        if (!(problem instanceof AskAgain) || signal.aborted) throw problem;
        this.events.onLoading(`${problem.message} It is asked again every few seconds.`);
        await new Promise((done) => setTimeout(done, problem.ms));
        signal.throwIfAborted();
      }
    }
  }

  private async label(id: number, signal: AbortSignal): Promise<LabelData> {
    const reply = await this.api.label(id, signal);
    if (reply.status === 401) location.assign(location.href);
    if (reply.status === 404) throw new NoAnswer("This image is not yours any more, or it never was.");
    if (reply.status !== 200) throw new NoAnswer(saidBy(reply));
    return reply.body as unknown as LabelData;
  }
}
