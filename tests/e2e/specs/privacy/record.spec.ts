// “Privacy & budget”: what a visitor verifies the promises from.

import { readFile } from "node:fs/promises";
import type { ChatPage } from "../../support/chat-page.ts";
import { departures } from "../../support/departures.ts";
import { calls, dropEntry, storedLedger } from "../../support/ledger.ts";
import { expect, test } from "../../support/test.ts";

/** Follows the link in the settings. */
async function openRecord(chat: ChatPage): Promise<void> {
  await chat.openSettings();
  await chat.page.getByTestId("record").click();
  await expect(chat.page.getByRole("heading", { name: "Privacy & budget" })).toBeVisible();
  await expect(chat.page.getByTestId("record-check")).toHaveCount(4);
}

async function file(chat: ChatPage, name: string): Promise<string> {
  const download = chat.page.waitForEvent("download");
  await chat.page.locator(`[download="${name}"]`).click();
  return await readFile(await (await download).path(), "utf8");
}

test("a browser that never called a cloud has nothing to show, and says so", async ({ chat }) => {
  await chat.open();
  await openRecord(chat);
  await expect(chat.page.getByText("Nothing: no cloud was ever called from this browser.")).toBeVisible();
  await expect(chat.page.getByTestId("record-charge")).toHaveCount(0);
  await expect(chat.page.getByTestId("record-departure")).toHaveCount(0);
  for (const check of await chat.page.getByTestId("record-check").all()) {
    await expect(check).toHaveAttribute("data-holds", "true");
  }
});

test("every call is there, with what it cost and sent, and the books add up", async ({ chat, gateway }) => {
  await chat.open();
  const receipts = [];
  for (const question of ["Name a colour.", "Name a fruit."]) {
    receipts.push(await chat.receipt(await chat.ask(question, "cloud")));
  }
  const before = await gateway.stats();
  await openRecord(chat);
  await expect(chat.composer).toBeHidden();

  const charges = chat.page.getByTestId("record-charge");
  const cost = await charges.evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["nanoUsd"])));
  expect(cost.reverse()).toEqual(receipts.map(({ nanoUsd }) => nanoUsd));
  for (const check of await chat.page.getByTestId("record-check").all()) {
    await expect(check).toHaveAttribute("data-holds", "true");
  }

  const left = chat.page.getByTestId("record-departure");
  await expect(left).toHaveCount(2);
  const bytes = await left.evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["bytes"])));
  expect(bytes.sort()).toEqual(receipts.map(({ bytesSent }) => bytesSent).sort());
  await left.first().locator("summary").click();
  await expect(left.first().locator(".departed-text").last()).toHaveText("Name a fruit.");

  // The files say the same, and looking asks nobody.
  const entries = (await storedLedger(chat.page))!.entries;
  const [header, ...rows] = (await file(chat, "weir-ledger.csv")).trimEnd().split("\r\n");
  expect(rows).toHaveLength(entries.length);
  const usd = header!.split(",").indexOf("usd");
  const paid = rows.map((row) => Number(row.split(",")[usd])).filter((it) => it > 0);
  expect(paid.map((it) => Math.round(it * 1e9))).toEqual(receipts.map(({ nanoUsd }) => nanoUsd));
  const lines = (await file(chat, "weir-ledger.jsonl")).trimEnd().split("\n");
  expect(lines.map((line) => (JSON.parse(line) as { number: number }).number)).toHaveLength(entries.length);
  const log = (await file(chat, "weir-egress.jsonl")).trimEnd().split("\n");
  expect(log.map((line) => (JSON.parse(line) as { host: string }).host)).toEqual([...log].map(() => new URL(gateway.baseUrl).host));
  expect(await gateway.stats()).toEqual(before);

  await chat.page.getByTestId("record-back").click();
  await expect(chat.composer).toBeVisible();
  await expect(chat.answers).toHaveCount(2);
});

test("the log is searched and forgotten; what was charged is not", async ({ chat }) => {
  await chat.open();
  await chat.capture("camera");
  await chat.askAndApprove("Name a colour.", "cloud");
  await chat.ask("Name a fruit.", "cloud");
  await openRecord(chat);
  const left = chat.page.getByTestId("record-departure");
  await expect(left).toHaveCount(2);

  const filter = chat.page.getByTestId("record-filter");
  await filter.fill("nothing of the kind");
  await expect(left).toHaveCount(0);
  await filter.fill("FRUIT");
  await expect(left).toHaveCount(1);
  await left.locator("summary").click();
  await left.getByTestId("record-forget").click();
  await expect(left).toHaveCount(0);
  await filter.fill("");
  await expect(left).toHaveCount(1);
  await left.locator("summary").click();
  const picture = left.locator(".departed-picture");
  await expect(picture).toHaveJSProperty("complete", true);
  expect(await picture.evaluate((it) => (it as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  expect(await departures(chat.page)).toHaveLength(1);

  await chat.page.getByTestId("record-forget-all").click();
  await chat.page.getByTestId("record-forget-confirm").click();
  await expect(left).toHaveCount(0);
  expect(await departures(chat.page)).toEqual([]);
  expect(calls((await storedLedger(chat.page))!)).toHaveLength(2);
  await expect(chat.page.getByTestId("record-charge")).toHaveCount(2);
});

test("books that somebody changed do not add up, and the page says which", async ({ chat }) => {
  await chat.open();
  await chat.ask("Name a colour.", "cloud");
  await chat.ask("Name a fruit.", "cloud");
  await dropEntry(chat.page);
  await openRecord(chat);
  const failed = chat.page.locator("[data-testid=record-check][data-holds=false]");
  await expect(failed).toContainText(["Today's lines", "This month's lines"]);
});
