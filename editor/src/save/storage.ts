/** The browser's own storage, in which the journal lies. */

const STORE = "labels";
/** Done means on the disk, so it survives the end of the browser and of the power. */
const STRICT: IDBTransactionOptions = { durability: "strict" };

export type Step = (store: IDBObjectStore) => IDBRequest;

let database: Promise<IDBDatabase> | null = null;

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("s3label", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("The browser's storage is blocked."));
  });
}

export async function read<T>(step: Step): Promise<T> {
  database ??= opened();
  const db = await database;
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(STORE, "readonly");
    const request = step(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result as T);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** All of the steps or none, each in a task of its own: many shapes at once would keep the page from drawing. */
export class Writing {
  private transaction: IDBTransaction | null = null;
  private isGivenUp = false;

  /** With `isLast` there is no time for several tasks. False if it was given up. */
  async run(steps: readonly Step[], isLast = false): Promise<boolean> {
    database ??= opened();
    const db = await database;
    if (this.isGivenUp) return false;
    return new Promise((resolve, reject) => {
      const transaction = (this.transaction = db.transaction(STORE, "readwrite", STRICT));
      const take = (at: number) => {
        const request = steps[at](transaction.objectStore(STORE));
        // Else it ends with the page if that goes away now.
        if (at + 1 === steps.length) transaction.commit();
        else if (isLast) take(at + 1);
        else request.onsuccess = () => take(at + 1);
      };
      transaction.oncomplete = () => resolve(true);
      transaction.onerror = transaction.onabort = () => (this.isGivenUp ? resolve(false) : reject(transaction.error));
      take(0);
    });
  }

  giveUp(): void {
    this.isGivenUp = true;
    try {
      this.transaction?.abort();
    } catch {
      // It is done already.
    }
  }
}
