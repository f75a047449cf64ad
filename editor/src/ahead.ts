/** The image that comes next, claimed and fetched while one draws on the one before it. */

import { EXACT } from "./paint/windowing";
import { NoAnswer, type Api, type LabelData } from "./save/api";

/** A larger picture is fetched, but decoded only when it is shown: two would fill the memory. */
const MOST_PIXELS = 24_000_000;

interface Prepared {
  after: number;
  stop: AbortController;
  /** Null until the server has given one. */
  data: LabelData | null;
  /** It was given after the one that it comes after; otherwise it was begun before and left. */
  isNewer: boolean;
  picture: Promise<ImageBitmap | Blob | null>;
}

export class Ahead {
  private prepared: Prepared | null = null;

  constructor(
    private readonly api: Api,
    private readonly task: number,
  ) {}

  /** The label that will probably come after this one, as it was when it was claimed. */
  dataAfter(label: number): LabelData | null {
    return this.prepared?.after === label ? this.prepared.data : null;
  }

  /** The same, unless → would lead back by it to one that was begun before. */
  newerThan(label: number): number | null {
    return this.prepared?.isNewer ? (this.dataAfter(label)?.id ?? null) : null;
  }

  /** Begin, once for each label; what was prepared before it is thrown away. */
  prepare(after: number): void {
    if (this.prepared?.after === after) return;
    this.drop();
    const prepared: Prepared = {
      after,
      stop: new AbortController(),
      data: null,
      isNewer: false,
      picture: Promise.resolve(null),
    };
    prepared.picture = this.fetch(prepared).catch((problem: unknown) => {
      // It is asked for again when it is wanted, and who waits then is told what is wrong.
      if (problem instanceof NoAnswer || prepared.stop.signal.aborted) return null;
      throw problem;
    });
    this.prepared = prepared;
  }

  /** The picture, if it is the prepared one; whoever takes it closes it. */
  async take(data: LabelData): Promise<ImageBitmap | Blob | null> {
    const { prepared } = this;
    if (prepared?.data?.id !== data.id || prepared.data.image.url !== data.image.url) return null;
    this.prepared = null;
    return prepared.picture;
  }

  private async fetch(prepared: Prepared): Promise<ImageBitmap | Blob | null> {
    const { signal } = prepared.stop;
    const reply = await this.api.claim(this.task, prepared.after, true);
    if (signal.aborted || typeof reply.body.label !== "number") return null;
    const label = await this.api.label(reply.body.label, signal);
    if (label.status !== 200) return null;
    const data = label.body as unknown as LabelData;
    prepared.data = data;
    prepared.isNewer = data.previous === prepared.after;
    const { tiles } = data.image;
    if (tiles) {
      // They are made meanwhile, if they are not there.
      await this.api.tiles(tiles, signal);
      return null;
    }
    const blob = await this.api.picture(data.image.url, signal);
    if (data.image.width * data.image.height > MOST_PIXELS) return blob;
    return decode(blob);
  }

  private drop(): void {
    const old = this.prepared;
    this.prepared = null;
    old?.stop.abort();
    void old?.picture.then((picture) => {
      if (picture instanceof ImageBitmap) picture.close();
    });
  }
}

/** Null when the bytes are no picture that the browser knows. */
export function decode(blob: Blob, isData = false): Promise<ImageBitmap | null> {
  const options: ImageBitmapOptions = { imageOrientation: "none", ...(isData ? EXACT : {}) };
  return createImageBitmap(blob, options).catch(() => null);
}
