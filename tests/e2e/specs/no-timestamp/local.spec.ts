// WebGPU that cannot measure time, as many phones have it.

import { hideTimestamps } from "../../support/no-timestamp.ts";
import { expect, test } from "../../support/test.ts";

test("answers beside a GPU without timestamps", async ({ chat, context }) => {
  await hideTimestamps(context);
  const worker = chat.page.waitForEvent("worker");
  await chat.open();
  const features = await (await worker).evaluate(async () => {
    const { gpu } = navigator as unknown as {
      gpu: { requestAdapter(): Promise<{ features: Iterable<string> }> };
    };
    return [...(await gpu.requestAdapter()).features];
  });
  expect(features.length, "the worker has an adapter").toBeGreaterThan(0);
  expect(features.filter((name) => name.includes("timestamp"))).toEqual([]);

  await chat.loadModel();
  // The runtime cannot do without timestamps, so the processor answers.
  expect(await chat.deviceKind()).toBe("cpu");
  const answer = await chat.ask("Name a colour.", "local");
  await expect(answer).toHaveAttribute("data-where", "local");
  await expect(answer).toHaveAttribute("data-state", "done");
});
