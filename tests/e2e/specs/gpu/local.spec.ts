// A turn answered on the machine's GPU.

import { expect, test } from "../../support/test.ts";

test("answers on WebGPU, and nothing leaves the page", async ({ chat, gateway }) => {
  await chat.open({ device: "webgpu" });
  await chat.loadModel();
  expect(await chat.deviceKind()).toBe("webgpu");

  const before = await gateway.stats();
  const answer = await chat.ask("Name a colour.", "local");
  await expect(answer).toHaveAttribute("data-where", "local");
  await expect(answer).toHaveAttribute("data-state", "done");

  const receipt = await chat.receipt(answer);
  expect(receipt.tokens).toBeGreaterThan(0);
  expect(receipt.ms).toBeGreaterThan(0);
  expect(receipt.nanoUsd).toBe(0);
  expect(receipt.bytesSent).toBe(0);
  expect(await gateway.stats()).toEqual(before);
});

test("stops when asked, and keeps what was said", async ({ chat }) => {
  await chat.open();
  await chat.loadModel();
  await chat.send("Write a long story about a river.", "local");
  const answer = chat.answers.last();
  const words = answer.locator(".answer-text");
  await expect(words).toContainText(/\w/, { timeout: 120_000 });
  await chat.stopButton.click();
  await expect(answer).toHaveAttribute("data-state", "stopped");
  await expect(words).toContainText(/\w/);
});
