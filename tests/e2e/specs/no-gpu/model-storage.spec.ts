// Where a model is kept, and what happens where there is no room or no place for it.

import type { Page } from "@playwright/test";
import { smallModel } from "../../support/gguf.ts";
import { ModelHost, offer } from "../../support/model-host.ts";
import { expect, test } from "../../support/test.ts";
import { beforeAnything, NO_FILES, NO_STORAGE, room } from "../../support/worker.ts";

const NAME = "small.gguf";
/** One that is served beside the page. */
const LARGE = "SmolLM2-135M-Instruct.Q4_1.gguf";
let host: ModelHost;
test.beforeEach(async ({ context }) => {
  host = await ModelHost.open({ [NAME]: smallModel() });
  await offer(context, { name: "Small", ...host.listed(NAME) });
});
test.afterEach(() => host.close());

/** The browser gives the page no more room than this. */
async function limitRoom(page: Page, quotaSize: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Storage.overrideQuotaForOrigin", { origin: new URL(process.env["WEIR_PAGE"]!).origin, quotaSize });
}

test("a model that is kept is not fetched again", async ({ chat }) => {
  await chat.open();
  await chat.loadModel();
  await expect(chat.keptModels).toHaveAttribute("data-whole", "true");
  const before = host.asked.length;
  await chat.open();
  await chat.waitForReady();
  expect(host.asked.length).toBe(before);
});

test("a model is deleted after a question, and not fetched again unasked", async ({ chat }) => {
  await chat.open();
  await chat.loadModel();
  expect(await chat.deleteKept()).toContain("frees 29.0 kB");
  await expect(chat.keptModels).toHaveCount(0);
  await expect(chat.status).toHaveAttribute("data-state", "ready");
  await chat.open();
  await expect(chat.page.getByTestId("model-load")).toContainText("Download");
  expect(host.asked.length).toBe(1);
});

test("a model that there is no room for answers from memory, and it is said how much is missing", async ({ chat, context }) => {
  await beforeAnything(context, room(10_000));
  await chat.open();
  await chat.loadModel();
  await expect(chat.error).toContainText(/1 MB too little room/);
  await expect(chat.keptModels).toHaveCount(0);
});

test("a model that runs out of room on its way answers from memory", async ({ chat }) => {
  // Without a length nobody can know beforehand. Several megabytes: browsers give room in steps.
  await chat.open({ model: new URL(`models/${LARGE}`, process.env["WEIR_PAGE"]!).href });
  await limitRoom(chat.page, 20_000_000);
  await chat.loadModel();
  await expect(chat.error).toContainText("no room to keep all of the model");
});

test("where no file can be written the Cache API keeps the model", async ({ chat, context }) => {
  await beforeAnything(context, NO_FILES);
  await chat.open();
  await chat.loadModel();
  await expect(chat.keptModels).toHaveAttribute("data-whole", "true");
  await chat.open();
  await chat.waitForReady();
  expect(host.asked.length).toBe(1);
  const names = await chat.page.evaluate(() => caches.keys());
  expect(names).toContain("weir:v1:models");

  await chat.deleteKept();
  await expect(chat.keptModels).toHaveCount(0);
  const left = await chat.page.evaluate(async () => (await (await caches.open("weir:v1:models")).keys()).length);
  expect(left).toBe(0);
});

test("the Cache API goes on with whole pieces", async ({ chat, context }) => {
  await beforeAnything(context, NO_FILES);
  const large = Buffer.concat([smallModel(), Buffer.alloc(15 << 20)]);
  const long = await ModelHost.open({ [NAME]: large });
  await offer(context, { name: "Long", ...long.listed(NAME) });
  await chat.open();
  long.hold(NAME, 12 << 20);
  await chat.askForModel();
  await chat.downloaded("12.6 MB");
  long.breakOff();
  await expect(chat.error).toContainText("broke off");
  await chat.loadModel();
  const range = long.asked.at(-1)?.range;
  expect(Number(/bytes=(\d+)-/.exec(range ?? "")?.[1])).toBeGreaterThanOrEqual(8 << 20);
  long.close();
});

test("where nothing is kept the model answers from memory, and that is said", async ({ chat, context }) => {
  await beforeAnything(context, NO_STORAGE);
  await chat.open();
  await chat.loadModel();
  await expect(chat.error).toContainText("keeps no files");
});
