// A WebGPU device that is taken away in the middle of an answer.

import { keepDevices, loseDevices } from "../../support/crash.ts";
import { expect, test } from "../../support/test.ts";

test("the answer goes on, and after the second loss on the processor", async ({ chat, context }) => {
  // A software GPU loads the model twice, and compiles every kernel each time.
  test.slow();
  await keepDevices(context);
  await chat.open({ device: "webgpu" });
  await chat.loadModel();
  expect(await chat.deviceKind()).toBe("webgpu");

  await chat.send("Write two sentences about a river.", "local");
  const answer = chat.answers.last();
  const words = answer.locator(".answer-text");
  await expect(words).toContainText(/\w/, { timeout: 120_000 });
  const before = await words.innerText();
  await loseDevices(chat.page);
  await expect(answer.getByTestId("resumed")).toHaveText("The device was lost; going on with this answer.");
  await expect(words).toContainText(before);

  // The next worker takes the GPU again, and goes on from there.
  await chat.waitForReady();
  expect(await chat.deviceKind()).toBe("webgpu");
  await expect.poll(async () => (await words.innerText()).length, { timeout: 120_000 }).toBeGreaterThan(before.length);
  await loseDevices(chat.page);
  await expect(chat.page.getByTestId("smaller-means")).toContainText("does not use the GPU", { timeout: 60_000 });

  await chat.finished(answer);
  await expect(answer).toHaveAttribute("data-state", "done");
  expect(await words.innerText()).toContain(before.slice(0, -1));
  expect(await chat.deviceKind()).toBe("cpu");
});
