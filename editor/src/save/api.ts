/** The only file that talks to the server. */

import type { Attribute } from "../attributes";
import type { Skeleton } from "../shapes/skeleton";
import type { Shape } from "../shapes/types";
import { received, sent, type Operation, type StoredValue } from "./wire";

export type Status = "in_progress" | "submitted" | "sent_back" | "approved";

export interface LabelClass {
  id: number;
  name: string;
  color: string;
  archived: boolean;
  skeleton: Skeleton;
  /** Of those that the task allows. */
  tools: string[];
}

export interface Example {
  title: string;
  description: string;
  verdict: "good" | "bad" | "";
  thumbnail: string;
  url: string;
}

export interface TaskData {
  id: number;
  title: string;
  /** As HTML that the server has made safe. */
  instructions: string;
  tools: string[];
  default_tool: string;
  permit_overlap: boolean;
  new_cuts_others: boolean;
  classes: LabelClass[];
  attributes: Attribute[];
  examples: Example[];
  progress: { submitted: number; total: number };
}

export interface ImageData {
  id: number;
  name: string;
  width: number;
  height: number;
  url: string;
  thumbnail: string;
  /** Where values beyond 8 bits are, if the image has some. */
  deep: string | null;
  /** Of an image that is too large to be loaded whole. */
  tiles: TilesData | null;
}

export interface TilesData {
  url: string;
  size: number;
  lowest: number;
  highest: number;
}

export interface TilesState {
  state: "ready" | "waiting" | "running" | "failed";
  percent: number;
  words: string;
  /** Of the values in tiles of more than 8 bits. */
  range: [low: number, high: number] | null;
}

export interface Said {
  id: number;
  by: string;
  mine: boolean;
  at: string;
  words: string;
}

/** The first comment of a thread. */
export interface Comment extends Said {
  /** In image pixels; null: about the whole image. */
  place: [number, number] | null;
  shape: string | null;
  settled: boolean;
  settled_by: string;
  answers: Said[];
}

export interface NewComment {
  words: string;
  place: [number, number] | null;
  shape: string | null;
  answer_to: number | null;
}

/** What a model found; accepted, it is the shape of the same id. */
export type Suggestion = Omit<Shape, "z"> & {
  model: string;
  score: number | null;
  rejected: boolean;
  /** The revision in which a shape of this id was deleted, if one was. */
  latest: number | null;
};

export interface LabelData {
  id: number;
  rev: number;
  status: Status;
  status_text: string;
  editable: boolean;
  /** It is the work of the one who looks at it. */
  mine: boolean;
  /** The one who looks at it may approve it, or send it back. */
  reviewable: boolean;
  /** Its page in the admin, for staff who look at the work of others. */
  review_url: string | null;
  labeler: string;
  image: ImageData;
  task: TaskData;
  shapes: (Shape & { rev: number })[];
  values: StoredValue[];
  suggestions: Suggestion[];
  comment: string | null;
  comments: Comment[];
  /** Of work on it, in all sittings before this one. */
  seconds: number;
  previous: number | null;
  next: number | null;
}

export interface HistoryEvent {
  id: string;
  /** "begin" is ours: before the first revision. */
  kind: "save" | "step" | "conflict" | "begin";
  /** Of the label, after it. */
  rev: number;
  at: string;
  by: string;
  mine: boolean;
  words: string;
  change: string;
  comment: string;
}

/** What is required and was not answered: of the image where no shapes are named. */
export interface Missing {
  attribute: number;
  shapes: string[];
}

export interface Reply {
  status: number;
  body: Record<string, unknown>;
}

/** What the server says of a refusal. */
export const saidBy = ({ status, body }: Reply): string => String(body.message ?? `The server answers ${status}.`);

/** A server that is frozen would be waited for without end; the same operation is sent again. */
const SAVE_MS = 60_000;
/** In bytes; what is longer is not read at once. */
const LONG = 500_000;

/** Thrown when no answer came: the network or the server is away. */
export class NoAnswer extends Error {}

/** The server says that it cannot now, and when it may be asked again. */
export class AskAgain extends NoAnswer {
  constructor(
    message: string,
    readonly ms: number,
  ) {
    super(message);
  }
}

export class Api {
  constructor(
    private readonly root: string,
    private csrf: string,
  ) {}

  /** Of all who label the image in a task, as far as one may see them. */
  labelsOn(task: number, image: number): Promise<Reply> {
    return this.call("GET", `/labels?task=${task}&image=${image}`);
  }

  /** Who is logged in. */
  me(): Promise<Reply> {
    return this.call("GET", "/me", undefined, AbortSignal.timeout(SAVE_MS));
  }

  label(id: number, signal: AbortSignal): Promise<Reply> {
    return this.call("GET", `/labels/${id}`, undefined, signal);
  }

  /** Of a task, as they are now. */
  classes(task: number): Promise<Reply> {
    return this.call("GET", `/tasks/${task}/classes`, undefined, AbortSignal.timeout(SAVE_MS));
  }

  async save(id: number, operation: Operation): Promise<Reply> {
    return inShapes(await this.call("POST", `/labels/${id}/changes`, sent(operation), AbortSignal.timeout(SAVE_MS)));
  }

  /** The shapes and values that changed after a revision, as they are now. */
  async since(id: number, rev: number): Promise<Reply> {
    return inShapes(await this.call("GET", `/labels/${id}/since/${rev}`, undefined, AbortSignal.timeout(SAVE_MS)));
  }

  history(id: number, before: string | null): Promise<Reply> {
    return this.call("GET", `/labels/${id}/history${before === null ? "" : `?before=${before}`}`);
  }

  /** The shapes of a revision, or only those of them that ended since. */
  revision(id: number, rev: number, ended = false): Promise<Reply> {
    return this.call("GET", `/labels/${id}/revisions/${rev}${ended ? "?ended=true" : ""}`);
  }

  /** What a save wanted that lost a conflict. */
  kept(id: number, save: number): Promise<Reply> {
    return this.call("GET", `/labels/${id}/kept/${save}`);
  }

  comments(id: number): Promise<Reply> {
    return this.call("GET", `/labels/${id}/comments`);
  }

  comment(id: number, comment: NewComment): Promise<Reply> {
    return this.call("POST", `/labels/${id}/comments`, comment);
  }

  settle(id: number, comment: number, settled: boolean): Promise<Reply> {
    return this.call("POST", `/labels/${id}/comments/${comment}/settle`, { settled });
  }

  /** Submit, and claim the next; its document comes along unless it is the one that is `ready`. */
  submit(id: number, rev: number, ready: { label: number; rev: number } | null): Promise<Reply> {
    return this.call("POST", `/labels/${id}/submit`, { rev, go_on: true, ready });
  }

  approve(id: number, rev: number): Promise<Reply> {
    return this.call("POST", `/labels/${id}/approve`, { rev });
  }

  sendBack(id: number, rev: number, comment: string): Promise<Reply> {
    return this.call("POST", `/labels/${id}/send-back`, { rev, comment });
  }

  /** The label of a task that has waited longest for the review of the one who is logged in. */
  waiting(task: number): Promise<Reply> {
    return this.call("GET", `/review?task=${task}&limit=1`);
  }

  reopen(id: number): Promise<Reply> {
    return this.call("POST", `/labels/${id}/reopen`, {});
  }

  /** With `ahead` what comes after a label on which one is still at work. */
  claim(task: number, after: number | null, ahead = false): Promise<Reply> {
    return this.call("POST", `/tasks/${task}/claim`, { after, ahead });
  }

  /** Are they kept now? */
  saveSettings(parts: object): Promise<boolean> {
    return this.tell("/settings", parts);
  }

  /** How long somebody has worked on a label in this sitting. */
  tellTime(id: number, sitting: string, seconds: number): Promise<boolean> {
    return this.tell(`/labels/${id}/time`, { sitting, seconds });
  }

  /** Which suggestions on a label are rejected now. */
  tellRejected(id: number, rejected: string[]): Promise<boolean> {
    return this.tell(`/labels/${id}/rejections`, { rejected });
  }

  /** Something small, also as the page goes away; true when it arrived. */
  private async tell(path: string, body: object): Promise<boolean> {
    try {
      return (await this.call("POST", path, body, undefined, true)).status === 200;
    } catch (problem) {
      if (!(problem instanceof NoAnswer)) throw problem;
      return false;
    }
  }

  /** The values beyond 8 bits of an image, packed; null when it has none. */
  async deep(url: string): Promise<Blob | null> {
    const response = await this.fetch(url, {});
    if (response.status === 503) throw askAgain(response);
    return response.status === 200 ? response.blob() : null;
  }

  /** How far the tiles of an image are; they are made if they are not there. */
  async tiles({ url }: TilesData, signal?: AbortSignal): Promise<TilesState> {
    const reply = await this.callAt(url, "POST", {}, signal);
    if (reply.status !== 200) throw new NoAnswer(`The image does not come (${reply.status}).`);
    return reply.body as unknown as TilesState;
  }

  async picture(url: string, signal: AbortSignal): Promise<Blob> {
    const response = await this.fetch(url, { signal });
    if (response.status === 404 || response.status === 410) {
      throw new NoAnswer("The image file is missing, or changed since it was imported; tell the staff.");
    }
    if (response.status === 503) throw askAgain(response);
    if (!response.ok) throw new NoAnswer(`The image does not come (${response.status}).`);
    return response.blob().catch((problem: unknown) => {
      if (signal.aborted) throw problem;
      throw new NoAnswer("The image broke off on its way.");
    });
  }

  private call(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
    keepalive = false,
  ): Promise<Reply> {
    return this.callAt(this.root + path, method, body, signal, keepalive);
  }

  private async callAt(
    url: string,
    method: string,
    body?: unknown,
    signal?: AbortSignal,
    keepalive = false,
  ): Promise<Reply> {
    const response = await this.fetch(url, {
      method,
      keepalive,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { "Content-Type": "application/json", "X-CSRFToken": currentToken() ?? this.csrf },
    });
    try {
      return { status: response.status, body: await bodyOf(response) };
    } catch {
      // A proxy's error page, or an answer that was cut: as good as none.
      throw new NoAnswer(`The server's answer (${response.status}) cannot be read.`);
    }
  }

  private async fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, { credentials: "same-origin", ...init });
    } catch (problem) {
      const isGivenUp = init.signal?.aborted && (init.signal.reason as Error).name !== "TimeoutError";
      if (isGivenUp) throw problem;
      throw new NoAnswer("The server does not answer.");
    }
  }
}

async function bodyOf(response: Response): Promise<Reply["body"]> {
  const isLong = Number(response.headers.get("Content-Length")) > LONG;
  return isLong ? ((await (await import("./slices")).readInSlices(response)) as Reply["body"]) : response.json();
}

function askAgain({ headers }: Response): AskAgain {
  const seconds = Number(headers.get("Retry-After")) || 5;
  return new AskAgain("The storage of this image does not answer at the moment.", seconds * 1000);
}

/** What is said of the image comes among the shapes. */
const inShapes = ({ status, body }: Reply): Reply => ({ status, body: received(body) });

/** Logging in again in another tab renews the token; the cookie has the new one. */
function currentToken(): string | null {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? null;
}
