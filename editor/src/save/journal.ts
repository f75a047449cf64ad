/** What is drawn but not yet acknowledged by the server, kept in the browser over any crash. */

import type { Shape } from "../shapes/types";
import type { Operation } from "./api";

export interface Kept {
  /** The operation that was sent and not answered; sent again as it is. */
  inFlight: Operation | null;
  /** Changes made since: the latest state of each shape, and the revision it was made on. */
  dirty: { id: string; base: number | null; shape: Shape | null }[];
}

export interface Journal {
  read(): Promise<Kept | null>;
  write(kept: Kept | null): Promise<void>;
}

const STORE = "labels";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("s3label", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("The browser's storage is blocked."));
  });
}

let database: Promise<IDBDatabase> | null = null;

/** A journal of one user and one label; nobody else's entries are ever read or sent. */
export function browserJournal(user: number, label: number): Journal {
  const key = `user ${user}, label ${label}`;
  const run = async (mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest) => {
    database ??= opened();
    const db = await database;
    return new Promise<unknown>((resolve, reject) => {
      // Strict: done means on the disk, so it survives the end of the browser and of the power.
      const transaction = db.transaction(STORE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  };
  return {
    read: async () => ((await run("readonly", (store) => store.get(key))) as Kept) ?? null,
    write: async (kept) => {
      await run("readwrite", (store) => (kept ? store.put(kept, key) : store.delete(key)));
    },
  };
}
