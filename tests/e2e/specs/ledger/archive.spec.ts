// A ledger that has grown long: its older entries move to a record of their own, and none is lost.

import { archived, closedLedger, expectWhole, lengthen } from "../../support/ledger.ts";
import { expect, test } from "../../support/test.ts";

test("old entries are archived with the next change, each of them once", async ({ chat }) => {
  await chat.open();
  await chat.ask("Name a colour.", "cloud");
  const short = await closedLedger(chat.page);
  await lengthen(chat.page, 600);

  await chat.page.reload();
  await expect(chat.answers).toHaveCount(1);
  await chat.ask("Name another.", "cloud");
  const long = await closedLedger(chat.page);
  const old = await archived(chat.page);
  expect(old).toHaveLength(256);
  const entries = [...old, ...long.entries];
  expect(entries.length).toBe(600 + short.entries.length + 1);
  expectWhole({ ...long, entries });
});
