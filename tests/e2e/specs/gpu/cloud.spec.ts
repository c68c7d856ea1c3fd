// A turn answered by the demo cloud, and what it costs.

import { PRICE } from "../../support/gateway.ts";
import { expect, test } from "../../support/test.ts";

test("answers in the cloud and bills exactly what was used", async ({ chat, gateway }) => {
  await chat.open();
  const before = await gateway.stats();
  const answer = await chat.ask("Name a colour.", "cloud");
  await expect(answer).toHaveAttribute("data-where", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
  await expect(answer.getByTestId("badge")).not.toBeEmpty();

  const receipt = await chat.receipt(answer);
  expect(receipt.promptTokens).toBeGreaterThan(0);
  expect(receipt.tokens).toBeGreaterThan(0);
  expect(receipt.nanoUsd).toBe(
    receipt.promptTokens * PRICE.input + receipt.tokens * PRICE.output,
  );

  const after = await gateway.stats();
  expect(after.requests - before.requests).toBe(1);
  expect(receipt.bytesSent).toBe(after.bytes - before.bytes);
});

test("is usable while the local model is on its way", async ({ chat, context }) => {
  await context.route("**/models/**", () => {
    // Never answered: the model stays on its way.
  });
  await chat.open();
  await chat.page.getByTestId("model-load").click();
  await expect(chat.status).toHaveAttribute("data-state", /starting|downloading|loading/);
  const answer = await chat.ask("Name a colour.", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
  await expect(chat.status).not.toHaveAttribute("data-state", "ready");
});
