// The pictures in the README: `WEIR_SCREENSHOT=1 cargo xtask test --only e2e` writes them anew.

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page, TestInfo } from "@playwright/test";
import { expect, test } from "../../support/test.ts";

const DOCS = join(import.meta.dirname, "..", "..", "..", "..", "docs");

async function take(page: Page, info: TestInfo, name: string): Promise<void> {
  const taken = info.outputPath(name);
  const picture = await page.screenshot({ path: taken });
  expect(picture.length).toBeGreaterThan(10_000);
  if (process.env["WEIR_SCREENSHOT"]) {
    mkdirSync(DOCS, { recursive: true });
    copyFileSync(taken, join(DOCS, name));
  }
}

test("a dialogue with both kinds of answers, and what is recorded of it", async ({ chat }, info) => {
  const { page } = chat;
  await page.setViewportSize({ width: 1280, height: 900 });
  await chat.open();
  await chat.loadModel();
  for (const [question, where] of [
    ["What is the capital of France?", "local"],
    ["Suggest a walk there on a rainy day, in one sentence.", "auto"],
  ] as const) {
    const answer = await chat.ask(question, where);
    await expect(answer).toHaveAttribute("data-state", "done");
  }
  await chat.answers.last().getByTestId("receipt").locator("summary").click();
  await take(page, info, "screenshot.png");

  await chat.capture("camera");
  await chat.askAndApprove("And what is this?", "cloud");
  await chat.openSettings();
  await page.getByTestId("record").click();
  await page.getByTestId("record-departure").first().locator("summary").click();
  await expect(page.locator(".departed-picture")).toHaveJSProperty("complete", true);
  await take(page, info, "record.png");
});
