/** Brings back what an earlier page of this user drew and could not send. */

import { NoAnswer, type Api } from "./api";
import { findHalfDrawn, findLeftovers, replaceLeftover, takeoverLock, type Kept, type LeftHalfDrawn } from "./journal";
import type { KeptChange } from "./blocks";

export interface BroughtBack {
  changes: KeptChange[];
  halfDrawn: LeftHalfDrawn[];
  /** Call when the changes are in the new page's own journal. */
  forget(): Promise<void>;
  /** Call in any case, and again at will: until then no other page takes over what is left of this label. */
  release(): void;
}

/**
 * The fate of an operation that was sent and not answered is settled before the label is
 * loaded: so what is loaded is newer than all of it, and only the rest is applied on top.
 */
export async function bringBack(api: Api, user: number, label: number, signal: AbortSignal): Promise<BroughtBack> {
  const release = await taken(takeoverLock(user, label), signal);
  try {
    const leftovers = await findLeftovers(user, label);
    const halfDrawn = await findHalfDrawn(user, label);
    if (!leftovers.length && !halfDrawn.length) release();
    const changes = new Map<string, KeptChange>();
    for (const { key, kept } of leftovers) {
      const rev = kept.inFlight ? await sendAgain(api, label, kept) : null;
      const dirty = settled(kept, rev);
      if (kept.inFlight) await replaceLeftover(key, { inFlight: null, dirty });
      for (const change of dirty) changes.set(change.id, change);
    }
    const forget = async () => {
      for (const { key } of leftovers) await replaceLeftover(key, null);
    };
    return { changes: [...changes.values()], halfDrawn, forget, release };
  } catch (problem) {
    release();
    throw problem;
  }
}

/** Wait for a lock; returns what lets go of it. Without HTTPS there are none. */
async function taken(lock: string, signal: AbortSignal): Promise<() => void> {
  if (!navigator.locks) return () => {};
  return new Promise((resolve, reject) => {
    const hold = () => new Promise<void>((letGo) => resolve(letGo));
    navigator.locks.request(lock, { signal }, hold).catch(reject);
  });
}

/** The revision as which the operation was stored, now or before; null if it was not. */
async function sendAgain(api: Api, label: number, kept: Kept): Promise<number | null> {
  const reply = await api.save(label, kept.inFlight!);
  if (reply.status === 200) return reply.body.rev as number;
  if (reply.status === 401 || reply.status === 429 || reply.status >= 500) {
    throw new NoAnswer("Changes from before cannot be sent now.");
  }
  return null;
}

/** What is left to send once the fate of the operation under way is known. */
export function settled(kept: Kept, rev: number | null): KeptChange[] {
  const sent = new Map((kept.inFlight?.changes ?? []).map((change) => [change.id, change]));
  const dirty = kept.dirty.map((change) => {
    const before = sent.get(change.id);
    return before ? { ...change, base: rev ?? before.base } : change;
  });
  if (rev !== null) return dirty;
  const later = new Set(dirty.map(({ id }) => id));
  const again = [...sent.values()].filter(({ id }) => !later.has(id));
  return [...again.map(({ id, base, shape }) => ({ id, base, shape: shape && { ...shape, id } }) as KeptChange), ...dirty];
}
