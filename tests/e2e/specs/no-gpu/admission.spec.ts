// A model that is too large for the device.

import { smallModel } from "../../support/gguf.ts";
import { ModelHost, offer } from "../../support/model-host.ts";
import { expect, test } from "../../support/test.ts";
import { beforeAnything, memory } from "../../support/worker.ts";

const LARGE = "SmolLM2-135M-Instruct.Q4_1.gguf";

test("is refused with the figure before it is fetched, and a smaller one is proposed", async ({ chat, context }) => {
  const host = await ModelHost.open({ "small.gguf": smallModel() });
  await beforeAnything(context, memory(0.25));
  const large = { name: "Large", url: `/models/${LARGE}`, bytes: 98_362_432 };
  await offer(context, large, { name: "Small", ...host.listed("small.gguf") });
  await chat.open();
  await chat.askForModel();
  await expect(chat.error).toContainText(/it needs 1\d\d MB of the device's memory, and 135 MB can be had/);
  await expect(chat.keptModels).toHaveCount(0);
  await chat.page.getByTestId("model-smaller").click();
  await chat.waitForReady();
  host.close();
});

test("is loaded with a smaller context where that fits", async ({ chat, context }) => {
  await beforeAnything(context, memory(0.375));
  await chat.open();
  await chat.loadModel();
  await chat.openSettings();
  await expect(chat.page.getByText("1,024 tokens")).toBeVisible();
});
