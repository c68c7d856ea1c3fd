// The ledger as it lies in the browser's storage, read as a stranger would: from IndexedDB itself.

import { expect, type Page } from "@playwright/test";

/** What one call costs, or all of them. */
export interface Amount {
  usd: bigint;
  bytes: bigint;
}

interface Reserved {
  number: bigint;
  worst: Amount;
}

export interface Ledger {
  spent: Record<"turn" | "dialogue" | "day" | "month", Amount>;
  open: Reserved[];
  entries: { reserved: Reserved; basis: string; charged: Amount }[];
}

/** The stored ledger; `null` where nothing was stored yet. */
export async function storedLedger(page: Page): Promise<Ledger | null> {
  await reachRecords(page);
  return await page.evaluate(async () => {
    const [saved] = await window.records("readonly", (records) => records.getAll("dialogue"));
    return (saved as { ledger: Ledger } | undefined)?.ledger ?? null;
  });
}

/** The entries that were moved to records of their own, oldest first. */
export async function archived(page: Page): Promise<Ledger["entries"]> {
  await reachRecords(page);
  const archive = await page.evaluate(async () => {
    const keys = IDBKeyRange.bound("entries ", "entries \uffff");
    return await window.records("readonly", (records) => records.getAll(keys));
  });
  return (archive as Ledger["entries"][]).flat();
}

/** Puts so many entries that cost nothing before those that are stored, as years of use would. */
export async function lengthen(page: Page, count: number): Promise<void> {
  await reachRecords(page);
  await page.evaluate(async (count) => {
    const [saved] = await window.records("readonly", (records) => records.getAll("dialogue"));
    const { ledger } = saved as { ledger: Ledger & { next: bigint } };
    const [{ reserved, charged }] = ledger.entries as [Ledger["entries"][0]];
    const free = { ...charged, usd: 0n };
    const old = Array.from({ length: count }, (_, index) => ({
      reserved: { ...reserved, number: ledger.next + BigInt(index), worst: free },
      basis: "free",
      charged: free,
    }));
    ledger.entries = [...old, ...ledger.entries];
    ledger.next += BigInt(count);
    await window.records("readwrite", (records) => records.put(saved, "dialogue"));
  }, count);
}

/** Takes the last line out of the stored ledger, as somebody with the developer tools could. */
export async function dropEntry(page: Page): Promise<void> {
  await reachRecords(page);
  await page.evaluate(async () => {
    const [saved] = await window.records("readonly", (records) => records.getAll("dialogue"));
    (saved as { ledger: Ledger }).ledger.entries.pop();
    await window.records("readwrite", (records) => records.put(saved, "dialogue"));
  });
}

declare global {
  interface Window {
    records: (mode: IDBTransactionMode, act: (records: IDBObjectStore) => IDBRequest) => Promise<unknown[]>;
  }
}

/** Gives the page a function that does something with the records; without a database there are none. */
async function reachRecords(page: Page): Promise<void> {
  await page.evaluate(() => {
    const settled = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    window.records = async (mode, act) => {
      const opening = indexedDB.open("weir");
      // A database that nobody made yet is not made here.
      opening.onupgradeneeded = () => opening.transaction!.abort();
      const database = await settled(opening).catch(() => null);
      if (database === null) return [];
      try {
        return (await settled(act(database.transaction("records", mode).objectStore("records")))) as unknown[];
      } finally {
        database.close();
      }
    };
  });
}

/** The stored ledger once no call is open in it. */
export async function closedLedger(page: Page): Promise<Ledger> {
  await expect.poll(async () => (await storedLedger(page))?.open.length, { timeout: 60_000 }).toBe(0);
  return (await storedLedger(page))!;
}

/** The entries of calls, without those of waits that cost nothing. */
export function calls(ledger: Ledger): Ledger["entries"] {
  return ledger.entries.filter(({ basis }) => basis !== "free");
}

/** Every line once, and what was spent is the sum of the lines. */
export function expectWhole(ledger: Ledger): void {
  const numbers = ledger.entries.map(({ reserved }) => reserved.number);
  expect(new Set(numbers).size, "every charge is there once").toBe(numbers.length);
  const usd = ledger.entries.reduce((sum, { charged }) => sum + charged.usd, 0n);
  for (const span of ["day", "month"] as const) expect(ledger.spent[span].usd, span).toBe(usd);
}

/** Nano-USD as a person types dollars. */
export function dollars(nanos: bigint): string {
  const digits = nanos.toString().padStart(10, "0");
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
