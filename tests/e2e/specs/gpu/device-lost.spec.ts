// A WebGPU device that is taken away in the middle of an answer.

import { keepDevices, kill, loseDevices } from "../../support/crash.ts";
import { expect, test } from "../../support/test.ts";

test("the answer goes on, and where the GPU fails again, on the processor", async ({ chat, context }) => {
  // A software GPU is slow to compile every kernel.
  test.slow();
  await keepDevices(context);
  await chat.open({ device: "webgpu" });
  await chat.loadModel();
  expect(await chat.deviceKind()).toBe("webgpu");

  await chat.send("Write two sentences about a river.", "local");
  const answer = chat.answers.last();
  const words = answer.locator(".answer-text");
  await expect(words).toContainText(/\w/, { timeout: 120_000 });
  const before = (await words.innerText()).trimEnd();
  await loseDevices(chat.page);
  await expect(answer.getByTestId("resumed")).toHaveText("The device was lost; going on with this answer.");
  await expect(words).toContainText(before);

  // The next worker takes the GPU again. Where that fails too, the processor has to do.
  await expect(chat.status).toHaveAttribute("data-state", "loading", { timeout: 120_000 });
  await kill(chat.page);
  await expect(chat.page.getByTestId("smaller-means")).toContainText("does not use the GPU");
  await chat.finished(answer);
  await expect(answer).toHaveAttribute("data-state", "done");
  expect((await words.innerText()).startsWith(before)).toBe(true);
  expect((await words.innerText()).length).toBeGreaterThan(before.length);
  expect(await chat.deviceKind()).toBe("cpu");
  expect((await chat.receipt(answer)).nanoUsd).toBe(0);
});
