// The egress log, as the browser keeps it.

import type { Page } from "@playwright/test";

export interface Departed {
  host: string;
  messages: [speaker: string, text: string][];
  uploads: { modality: string; bytes: number; seconds: number; thumbnail: string | null }[];
  bytes: number;
}

/** Everything in the log, oldest first. */
export async function departures(page: Page): Promise<Departed[]> {
  const text = await page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open("weir");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const all = opening.result.transaction("departures").objectStore("departures").getAll();
          all.onerror = () => reject(all.error);
          all.onsuccess = () => {
            opening.result.close();
            resolve(JSON.stringify(all.result, (_, value) => (typeof value === "bigint" ? Number(value) : value)));
          };
        };
      }),
  );
  return JSON.parse(text) as Departed[];
}
