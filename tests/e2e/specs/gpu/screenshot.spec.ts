// The picture in the README: `WEIR_SCREENSHOT=1 cargo xtask test --only e2e` writes it anew.

import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "../../support/test.ts";

const README = join(import.meta.dirname, "..", "..", "..", "..", "docs", "screenshot.png");

test("a dialogue with both kinds of answers", async ({ chat }, info) => {
  await chat.page.setViewportSize({ width: 1280, height: 900 });
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
  const taken = info.outputPath("screenshot.png");
  const picture = await chat.page.screenshot({ path: taken });
  expect(picture.length).toBeGreaterThan(10_000);
  if (process.env["WEIR_SCREENSHOT"]) {
    mkdirSync(join(README, ".."), { recursive: true });
    copyFileSync(taken, README);
  }
});
