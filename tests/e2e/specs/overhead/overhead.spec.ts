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
  /** Of that, the local model's reading of the prompt. */
  reading: number;
}

/** Keeps when Enter was pressed, by the clock of the machine in milliseconds since 1970. */
async function watchEnter(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const watched = globalThis as unknown as { pressed: number };
    addEventListener("keydown", (event) => {
      if (event.key === "Enter") watched.pressed = event.timeStamp;
    }, { capture: true });
  });
  return () =>
    page.evaluate(() => {
      // `Date.now` counts whole milliseconds: the largest of many differences is the true one.
      const skew = (at: number) => Date.now() - at;
      const until = performance.now() + 20;
      let offset = -Infinity;
      for (let now = performance.now(); now < until; now = performance.now()) offset = Math.max(offset, skew(now));
      return (globalThis as unknown as { pressed: number }).pressed + offset;
    });
}

/** What the worker says it took to read the last prompt; 0 without a local model. */
async function reading(page: Page): Promise<number> {
  const [worker] = page.workers();
  return await worker!.evaluate(() => performance.getEntriesByName("weir:read", "measure").at(-1)?.duration ?? 0);
}

async function measure(chat: ChatPage, gateway: Gateway, pressed: () => Promise<number>): Promise<Sample[]> {
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
    const whole = arrived_us / 1e3 - (await pressed());
    if (turn > 0) samples.push({ whole, reading: await reading(chat.page) });
  }
  return samples;
}

test("from Enter to the arrival of the request", async ({ chat, gateway }) => {
  const pressed = await watchEnter(chat.page);
  await chat.open();
  const without = await measure(chat, gateway, pressed);
  await chat.loadModel();
  const withModel = await measure(chat, gateway, pressed);
  const result = { without_local_model: without, with_local_model: withModel };
  writeFileSync(process.env["WEIR_OVERHEAD_RESULT"]!, `${JSON.stringify(result)}\n`);
});
