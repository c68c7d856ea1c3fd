// A newer Weir adds a store to the database that this one has open.

import { closedLedger } from "../../support/ledger.ts";
import { expect, test } from "../../support/test.ts";

test("a newer version gets the database at once, and this one spends nothing without it", async ({ chat, gateway }) => {
  await chat.open();
  await chat.ask("Name a colour.", "cloud");
  await closedLedger(chat.page);
  const before = await gateway.stats();
  const upgraded = await chat.page.evaluate(() =>
    new Promise<string>((resolve) => {
      const opening = indexedDB.open("weir", 99);
      opening.onblocked = () => resolve("blocked");
      opening.onerror = () => resolve("failed");
      opening.onsuccess = () => {
        opening.result.close();
        resolve("upgraded");
      };
    }));
  expect(upgraded).toBe("upgraded");

  const answer = await chat.ask("Name another.", "cloud");
  await expect(answer).toHaveAttribute("data-state", "failed");
  await expect(answer).toContainText("a newer Weir was opened in another tab");
  expect(await gateway.stats()).toEqual(before);
});
