// A worker, a tab and a browser that are killed in the middle of a paid stream. The ledger is right
// afterwards: each call is charged in full, once, and the limit holds.

import { chromium, type BrowserContext, type Page } from "@playwright/test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill, killBrowser, killPage } from "../../support/crash.ts";
import { ChatPage } from "../../support/chat-page.ts";
import { calls, closedLedger, dollars, expectWhole, storedLedger } from "../../support/ledger.ts";
import { expect, test } from "../../support/test.ts";
import type { Gateway } from "../../support/gateway.ts";

const TIMES = 20;
const QUESTION = "Name a colour.";

/** A page whose cloud says a few words and then nothing more. */
async function open(page: Page, gateway: Gateway): Promise<ChatPage> {
  const chat = new ChatPage(page);
  await chat.open();
  if ((await chat.stored("settings"))?.includes("/fault/stall/") !== true) {
    await chat.useProvider(gateway.failing("stall"));
  }
  return chat;
}

/** Asks, and returns in the middle of the answer, where it stands still. */
async function begin(chat: ChatPage): Promise<void> {
  await chat.send(QUESTION, "cloud");
  await expect(chat.answers.last().locator(".answer-text")).toContainText(/\w/);
  expect((await storedLedger(chat.page))?.open).toHaveLength(1);
}

/** So many calls were made, all of them cut off, and each is charged in full and once. */
async function expectCharged(chat: ChatPage, count: number): Promise<void> {
  const ledger = await closedLedger(chat.page);
  expectWhole(ledger);
  const made = calls(ledger);
  expect(made).toHaveLength(count);
  for (const { basis, charged, reserved } of made) {
    expect(basis).toBe("interrupted");
    expect(charged.usd).toBe(reserved.worst.usd);
    expect(charged.bytes).toBe(reserved.worst.bytes);
  }
}

/** What the crashes cost leaves nothing of a limit that is just as high. */
async function expectLimitHeld(chat: ChatPage, gateway: Gateway): Promise<void> {
  const { spent } = await closedLedger(chat.page);
  await chat.setLimit("limit-day-usd", dollars(spent.day.usd + 1n));
  const before = await gateway.stats();
  const refused = await chat.ask(QUESTION, "cloud");
  await expect(refused.getByTestId("error")).toHaveAttribute("data-kind", "over_budget");
  await expect(refused).toContainText("for today");
  expect(await gateway.stats()).toEqual(before);
}

test("a worker that is killed in the middle of a paid stream", async ({ chat, gateway }) => {
  const before = await gateway.stats();
  for (let times = 1; times <= TIMES; times++) {
    // A page gives up a worker that dies again and again: each has a page of its own.
    await open(chat.page, gateway);
    await begin(chat);
    await kill(chat.page);
    await expect(chat.answers.last()).toHaveAttribute("data-state", "failed");
    await expectCharged(chat, times);
  }
  expect((await gateway.stats()).requests - before.requests).toBe(TIMES);
  await expectLimitHeld(chat, gateway);
});

test("a tab that is closed or crashes in the middle of a paid stream", async ({ context, gateway }) => {
  const before = await gateway.stats();
  let chat = await open(await context.newPage(), gateway);
  for (let times = 1; times <= TIMES; times++) {
    await begin(chat);
    if (times % 2 === 0) await killPage(chat.page);
    await chat.page.close();
    chat = await open(await context.newPage(), gateway);
    await expectCharged(chat, times);
  }
  expect((await gateway.stats()).requests - before.requests).toBe(TIMES);
  await expectLimitHeld(chat, gateway);
});

test("a browser that is killed in the middle of a paid stream", async ({ gateway, launchOptions }) => {
  const profile = mkdtempSync(join(tmpdir(), "weir-profile-"));
  const launch = async () => await chromium.launchPersistentContext(profile, launchOptions);
  const page = (context: BrowserContext) => context.pages()[0]!;
  const before = await gateway.stats();
  try {
    let context = await launch();
    let chat = await open(page(context), gateway);
    for (let times = 1; times <= TIMES; times++) {
      await begin(chat);
      await killBrowser(context, profile);
      context = await launch();
      chat = await open(page(context), gateway);
      await expectCharged(chat, times);
    }
    expect((await gateway.stats()).requests - before.requests).toBe(TIMES);
    await expectLimitHeld(chat, gateway);
    await context.close();
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
