/** Sends what pages that are gone left in the browser, from whichever page the same user opens next. */

import { sameState } from "../shapes/store";
import { newId } from "../shapes/ids";
import { Api, NoAnswer, type Reply } from "./api";
import { Company } from "./company";
import { findLabelsLeftBehind, findLeftovers, replaceLeftover, takeoverLock, type Kept, type Leftover } from "./journal";
import type { KeptChange } from "./blocks";
import { Outbox, type Conflict, type SaveState } from "./outbox";
import type { Operation } from "./wire";

export interface Fate {
  label: number;
  /** Kept: it cannot be saved unless somebody does something. Later: the server was away. */
  state: "sent" | "kept" | "later";
  /** So many changes were saved now. */
  count: number;
  /** Why it is kept. */
  why: string;
  /** Of the image; null where it is not shown to the user any more. */
  name: string | null;
}

export interface News {
  /** So many changes were saved now. */
  saved: number;
  kept: Fate[];
}

const NOT_YOURS = "The image is not yours any more; what you drew is saved if you get it again.";
const ALSO_ELSEWHERE = "The same was changed elsewhere, too: open the image to choose.";

/** The server is away, or does not know who asks: as if nothing had been sent. */
function isAway({ status, body }: Reply): boolean {
  return status >= 500 || status === 429 || status === 401 || (status === 403 && body.error === "refused");
}

/** What one page that is gone left of one label, on its way to the server. */
class Returning {
  private readonly waiting: KeptChange[];
  private readonly bases = new Map<string, number | null>();
  private readonly outbox: Outbox;
  private wasAway = false;
  private refusal = "";
  private count = 0;
  private finish: (state: Fate["state"]) => void = () => {};

  constructor(
    private readonly api: Api,
    private readonly label: number,
    private readonly company: Company,
    private readonly leftover: Leftover,
  ) {
    this.waiting = leftover.kept.dirty.filter(({ why }) => why !== undefined);
    // It shows nothing, so that it need not know what others drew.
    this.outbox = new Outbox(0, [], {
      send: (operation) => this.send(operation),
      since: async () => ({ status: 200, body: {} }),
      onOthers: () => undefined,
      journal: { write: (kept) => this.write(kept) },
      onState: (state) => this.noteState(state),
      onConflict: (conflicts) => this.keepForPerson(conflicts),
      newId,
      later: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
    });
  }

  async run(): Promise<Omit<Fate, "label" | "name">> {
    const { inFlight, dirty } = this.leftover.kept;
    const changes = dirty.filter(({ why }) => why === undefined);
    let state: Fate["state"] = "kept";
    if (inFlight || changes.length) {
      const ended = new Promise<Fate["state"]>((resolve) => (this.finish = resolve));
      void this.outbox.restore(changes, inFlight);
      state = await ended;
      this.outbox.close();
      await this.outbox.written();
    }
    if (state === "sent" && this.waiting.length) state = "kept";
    return { state, count: this.count, why: this.refusal || (this.waiting[0]?.why ?? "") };
  }

  private async send(operation: Operation): Promise<Reply> {
    for (const { id, base } of operation.changes) this.bases.set(id, base);
    // Whoever goes on after us sends the same operation, not one of its own.
    await this.outbox.written();
    this.wasAway = true;
    const reply = await this.company.alone(() => this.api.save(this.label, operation));
    this.wasAway = isAway(reply);
    if (reply.status === 200) {
      this.count += operation.changes.length;
      this.company.tell(reply.body.rev as number);
    } else if (!this.wasAway && reply.body.error !== "conflict") {
      this.refusal = reply.status === 404 ? NOT_YOURS : String(reply.body.message ?? `The server refused it (${reply.status}).`);
    }
    return reply;
  }

  private write(kept: Kept | null): Promise<void> {
    const dirty = [...this.waiting, ...(kept?.dirty ?? [])];
    const inFlight = kept?.inFlight ?? null;
    return replaceLeftover(this.leftover.key, inFlight || dirty.length ? { inFlight, dirty } : null);
  }

  private noteState(state: SaveState): void {
    if (state === "saved") this.finish("sent");
    else if (state === "refused" || state === "stopped") this.finish("kept");
    else if (state === "login" || (state === "offline" && this.wasAway)) this.finish("later");
  }

  /** On its old base, so that the page which opens the label sees the conflict, and shows it. */
  private keepForPerson(conflicts: Conflict[]): void {
    for (const { id, mine, theirs } of conflicts) {
      if (sameState(mine, theirs)) continue;
      this.waiting.push({ id, base: this.bases.get(id) ?? null, shape: mine, why: ALSO_ELSEWHERE });
    }
  }
}

async function replayLabel(api: Api, user: number, label: number): Promise<Fate | null> {
  const fates = [];
  const company = new Company(user, label, () => {});
  for (const leftover of await findLeftovers(user, label)) {
    fates.push(await new Returning(api, label, company, leftover).run());
  }
  company.close();
  if (!fates.length) return null;
  const worst = fates.find(({ state }) => state === "later") ?? fates.find(({ state }) => state === "kept") ?? fates[0];
  const count = fates.reduce((sum, fate) => sum + fate.count, 0);
  return { label, state: worst.state, count, why: worst.why, name: null };
}

async function nameOf(api: Api, label: number): Promise<string | null> {
  try {
    const { status, body } = await api.label(label, AbortSignal.timeout(20_000));
    return status === 200 ? (body.image as { name: string }).name : null;
  } catch (problem) {
    if (!(problem instanceof NoAnswer)) throw problem;
    return null;
  }
}

/** Is the one who is logged in still the one whose page this is? Null when nobody says. */
async function isStill(api: Api, user: number): Promise<boolean | null> {
  try {
    const { status, body } = await api.me();
    return status === 200 ? body.id === user : null;
  } catch (problem) {
    if (!(problem instanceof NoAnswer)) throw problem;
    return null;
  }
}

const OTHERS_MS = 5_000;
const AWAY_MS = 30_000;

/**
 * Replays what is left of all labels but the one that is open here, now and whenever it may have
 * become possible. Without HTTPS there are no locks: nobody knows then what still belongs to a page
 * that is alive, and only opening the label brings it back.
 */
export class Replay {
  private isRunning = false;
  private timer = 0;
  private readonly told = new Set<string>();

  private readonly api: Api;

  constructor(
    place: { api: string; csrf: string },
    private readonly user: number,
    private readonly isOpenHere: (label: number) => boolean,
    private readonly onNews: (news: News) => void,
  ) {
    // Of this script's own copy: what it throws has to be known here.
    this.api = new Api(place.api, place.csrf);
  }

  /** Resolves when everything was tried once. */
  async start(): Promise<void> {
    if (!navigator.locks) return;
    const run = () => void this.run();
    window.addEventListener("online", run);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") run();
    });
    await this.run();
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    clearTimeout(this.timer);
    const wait = await this.replay();
    if (wait) this.timer = setTimeout(() => void this.run(), wait);
    this.isRunning = false;
  }

  /** Returns when to look again, if there is a reason to. */
  private async replay(): Promise<number> {
    const { labels, isOtherAtWork } = await findLabelsLeftBehind(this.user);
    const left = labels.filter((label) => !this.isOpenHere(label));
    const idle = isOtherAtWork ? OTHERS_MS : 0;
    if (!left.length) return idle;
    const isMe = await isStill(this.api, this.user);
    if (isMe === null) return AWAY_MS;
    if (!isMe) return 0;
    const fates: Fate[] = [];
    for (const label of left) {
      // Who is about to open the label brings it back there.
      const fate = await navigator.locks.request(takeoverLock(this.user, label), { ifAvailable: true }, (lock) =>
        lock && !this.isOpenHere(label) ? replayLabel(this.api, this.user, label) : null,
      );
      if (fate) fates.push(fate);
      if (fate?.state === "later") break;
    }
    await this.tell(fates);
    return fates.some(({ state }) => state === "later") ? AWAY_MS : idle;
  }

  /** What is kept is told once by each page. */
  private async tell(fates: Fate[]): Promise<void> {
    const isNews = ({ label, state, why }: Fate) => state === "kept" && !this.told.has(`${label} ${why}`);
    const kept = fates.filter(isNews);
    for (const fate of kept) {
      this.told.add(`${fate.label} ${fate.why}`);
      fate.name = await nameOf(this.api, fate.label);
    }
    const saved = fates.reduce((sum, { count }) => sum + count, 0);
    if (saved || kept.length) this.onNews({ saved, kept });
  }
}

export function savedWords(saved: number): string {
  return saved === 1 ? "1 change from your last visit is saved now." : `${saved} changes from your last visit are saved now.`;
}

export function keptWords({ name, why }: Fate): string {
  return `What you drew on ${name ?? "an image"} is kept in this browser, but not saved. ${why}`;
}
