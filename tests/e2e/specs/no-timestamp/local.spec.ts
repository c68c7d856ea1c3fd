// WebGPU that cannot measure time, as many phones have it. The runtime cannot do without.

import type { BrowserContext } from "@playwright/test";
import type { ChatPage } from "../../support/chat-page.ts";
import { hideTimestamps } from "../../support/no-timestamp.ts";
import { expect, test } from "../../support/test.ts";

/** Opens the page in such a browser, and makes sure that its worker is in one. */
async function openWithoutTimestamps(chat: ChatPage, context: BrowserContext, device?: "webgpu"): Promise<void> {
  await hideTimestamps(context);
  const worker = chat.page.waitForEvent("worker");
  await chat.open(device === undefined ? {} : { device });
  const features = await (await worker).evaluate(async () => {
    const { gpu } = navigator as unknown as {
      gpu: { requestAdapter(): Promise<{ features: Iterable<string> }> };
    };
    return [...(await gpu.requestAdapter()).features];
  });
  expect(features.length, "the worker has an adapter").toBeGreaterThan(0);
  expect(features.filter((name) => name.includes("timestamp"))).toEqual([]);
}

test("answers on the processor", async ({ chat, context }) => {
  await openWithoutTimestamps(chat, context);
  await chat.loadModel();
  expect(await chat.deviceKind()).toBe("cpu");
  const answer = await chat.ask("Name a colour.", "local");
  await expect(answer).toHaveAttribute("data-where", "local");
  await expect(answer).toHaveAttribute("data-state", "done");
});

test("answers there too where the GPU is asked for, and says why", async ({ chat, context }) => {
  await openWithoutTimestamps(chat, context, "webgpu");
  await chat.loadModel();
  expect(await chat.deviceKind()).toBe("cpu");
  await expect(chat.page.getByText(/WebGPU was chosen, but .*timestamp/)).toBeVisible();
  await expect(chat.composer).toBeEditable();
});
