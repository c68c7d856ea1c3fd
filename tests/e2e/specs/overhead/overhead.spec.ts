// `cargo xtask bench overhead`: from Enter to the arrival of a cloud request. Nothing is held to a
// number here.

import { writeFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import type { ChatPage } from "../../support/chat-page.ts";
import type { Gateway } from "../../support/gateway.ts";
import { expect, test } from "../../support/test.ts";

const TURNS = Number(process.env["WEIR_OVERHEAD_TURNS"] ?? 30);

/** Milliseconds of one turn. */
interface Sample {
  /** From Enter to the arrival of the request. */
  whole: number;
  /** Of that, until the worker has the turn. */
  handing: number;
  /** The local model's reading of the prompt. */
  reading: number;
  /** Storing the question, the reservation and the line of the log, one after the other. */
  storing: number;
  /** From the call to its arrival. */
  sending: number;
}

/** Keeps when Enter was pressed, by the page's own clock. */
async function watchEnter(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const watched = globalThis as unknown as { pressed: number };
    addEventListener("keydown", (event) => {
      if (event.key === "Enter") watched.pressed = event.timeStamp;
    }, { capture: true });
  });
}

/** What to add to the clock of a page or a worker for milliseconds since 1970. */
function clock(): number {
  // `Date.now` counts whole milliseconds: the largest of many differences is the true one.
  const until = performance.now() + 20;
  let offset = -Infinity;
  for (let now = performance.now(); now < until; now = performance.now()) {
    offset = Math.max(offset, Date.now() - now);
  }
  return offset;
}

/** When Enter was pressed last, in milliseconds since 1970. */
async function pressed(page: Page): Promise<number> {
  const at = await page.evaluate(() => (globalThis as unknown as { pressed: number }).pressed);
  return at + await page.evaluate(clock);
}

/** One part of the last turn, as the worker wrote it down, in milliseconds since 1970. */
interface Part {
  name: string;
  at: number;
  took: number;
}

async function parts(page: Page): Promise<Part[]> {
  const worker = page.workers()[0]!;
  const written = await worker.evaluate(() =>
    performance.getEntries().map(({ name, startTime, duration, entryType }) => ({ name, startTime, duration, entryType })));
  const offset = await worker.evaluate(clock);
  return written
    .filter(({ name, entryType }) => entryType === "measure" || ["weir:ask", "weir:send"].includes(name))
    .map(({ name, startTime, duration }) => ({ name, at: startTime + offset, took: duration }));
}

async function sample(page: Page, arrived: number): Promise<Sample> {
  const enter = await pressed(page);
  const written = await parts(page);
  const at = (name: string) => written.find((part) => part.name === name)!.at;
  const sent = at("weir:send");
  const took = (name: string) =>
    written.filter((part) => part.name === name && part.at < sent).reduce((sum, part) => sum + part.took, 0);
  return {
    whole: arrived - enter,
    handing: at("weir:ask") - enter,
    reading: took("weir:read"),
    storing: took("weir:store"),
    sending: arrived - sent,
  };
}

async function measure(chat: ChatPage, gateway: Gateway): Promise<Sample[]> {
  const samples: Sample[] = [];
  await chat.useProvider(gateway.saying("Yes."));
  await chat.page.getByTestId("where").selectOption("cloud");
  // The first call asks for leave to call another origin, and the connection is new: not counted.
  for (let turn = 0; turn <= TURNS; turn++) {
    await chat.newDialogueIfAny();
    await chat.composer.fill("Name a colour.");
    await chat.composer.press("Enter");
    await expect(chat.answers).toHaveCount(1);
    await chat.finished(chat.answers.first());
    await expect(chat.answers.first()).toHaveAttribute("data-state", "done");
    const { arrived_us } = await gateway.stats();
    if (turn > 0) samples.push(await sample(chat.page, arrived_us / 1e3));
  }
  return samples;
}

test("from Enter to the arrival of the request", async ({ chat, gateway }) => {
  await watchEnter(chat.page);
  await chat.open();
  const without = await measure(chat, gateway);
  await chat.loadModel();
  const withModel = await measure(chat, gateway);
  const result = { without_local_model: without, with_local_model: withModel };
  writeFileSync(process.env["WEIR_OVERHEAD_RESULT"]!, `${JSON.stringify(result)}\n`);
});
