// A turn answered on the machine's processor, because there is no GPU to be had.

import { expect, test } from "../../support/test.ts";

test("answers without WebGPU", async ({ chat }) => {
  await chat.open();
  const adapter = await chat.page.evaluate(async () => {
    const { gpu } = navigator as unknown as { gpu?: { requestAdapter(): Promise<unknown> } };
    return (await gpu?.requestAdapter()) ?? null;
  });
  expect(adapter, "this browser is meant to have no adapter").toBeNull();

  await chat.loadModel();
  expect(await chat.deviceKind()).toBe("cpu");
  const answer = await chat.ask("Name a colour.", "local");
  await expect(answer).toHaveAttribute("data-where", "local");
  await expect(answer).toHaveAttribute("data-state", "done");
  expect((await chat.receipt(answer)).tokens).toBeGreaterThan(0);
});
