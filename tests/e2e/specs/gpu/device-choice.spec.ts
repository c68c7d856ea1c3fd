// Which device the local model runs on: measured, remembered, chosen.

import { smallModel } from "../../support/gguf.ts";
import { ModelHost, offer } from "../../support/model-host.ts";
import { expect, test } from "../../support/test.ts";
import { beforeAnything } from "../../support/worker.ts";

/** The software GPU passes for a real one: an emulated one is not measured at all. */
const REAL = `for (const type of [globalThis.GPUAdapterInfo, globalThis.GPUAdapter]) {
  if (type) Object.defineProperty(type.prototype, "isFallbackAdapter", { get: () => false });
}
`;

test("is measured once, remembered, and measured again when asked", async ({ chat, context }) => {
  const host = await ModelHost.open({ "small.gguf": smallModel() });
  await offer(context, { name: "Small", ...host.listed("small.gguf") });
  await beforeAnything(context, REAL);
  await chat.open();
  await chat.loadModel();
  await expect(chat.whyThere).toHaveText(/^Measured quicker just now, in /);
  const device = await chat.deviceKind();

  await chat.open();
  await chat.waitForReady();
  await expect(chat.whyThere).toHaveText("Measured quicker before");
  expect(await chat.deviceKind()).toBe(device);

  await chat.openSettings();
  await chat.page.getByTestId("measure-again").click();
  await expect(chat.whyThere).toHaveText(/^Measured quicker just now, in /, { timeout: 120_000 });
  host.close();
});

test("is the one that was chosen, the next time too", async ({ chat, context }) => {
  const host = await ModelHost.open({ "small.gguf": smallModel() });
  await offer(context, { name: "Small", ...host.listed("small.gguf") });
  await chat.open();
  await chat.loadModel();
  expect(await chat.deviceKind()).toBe("cpu");
  for (const device of ["webgpu", "cpu"] as const) {
    await chat.runOn(device);
    await expect(chat.device).toHaveAttribute("data-device", device);
    await expect(chat.whyThere).toHaveText("You chose it");
  }
  await chat.open();
  await chat.waitForReady();
  await expect(chat.whyThere).toHaveText("You chose it");
  host.close();
});
