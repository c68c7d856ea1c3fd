// A model on its way: paused, cancelled, cut off, and gone on with.

import { smallModel, split } from "../../support/gguf.ts";
import { ModelHost, offer } from "../../support/model-host.ts";
import { expect, test } from "../../support/test.ts";

const NAME = "small.gguf";

test.describe("one file", () => {
  let host: ModelHost;
  test.beforeEach(async ({ context, chat }) => {
    host = await ModelHost.open({ [NAME]: smallModel() });
    await offer(context, { name: "Small", ...host.listed(NAME) });
    await chat.open();
  });
  test.afterEach(() => host.close());

  test("is paused, and gone on with where it was", async ({ chat }) => {
    host.hold(NAME, 8_000);
    await chat.askForModel();
    await chat.downloaded("8.0 kB");
    await chat.pauseDownload();
    await chat.loadModel();
    expect(host.asked).toEqual([
      { name: NAME, range: undefined },
      { name: NAME, range: "bytes=8000-" },
    ]);
  });

  test("is paused, and still is when the page is opened again", async ({ chat }) => {
    host.hold(NAME, 8_000);
    await chat.askForModel();
    await chat.downloaded("8.0 kB");
    await chat.pauseDownload();
    await chat.open();
    await expect(chat.modelCard).toContainText("8.0 kB of 29.0 kB are here and stay");
    await chat.loadModel();
    expect(host.asked.at(-1)).toEqual({ name: NAME, range: "bytes=8000-" });
  });

  test("is cancelled, and nothing of it stays", async ({ chat }) => {
    host.hold(NAME, 8_000);
    await chat.askForModel();
    await chat.downloaded("8.0 kB");
    await chat.cancelDownload();
    await expect(chat.page.getByTestId("model-load")).toContainText("Download, 29.0 kB");
    await chat.open();
    await expect(chat.keptModels).toHaveCount(0);
    await chat.loadModel();
    expect(host.asked.at(-1)).toEqual({ name: NAME, range: undefined });
  });

  test("breaks off, and is gone on with where it was", async ({ chat }) => {
    host.hold(NAME, 8_000);
    await chat.askForModel();
    await chat.downloaded("8.0 kB");
    host.breakOff();
    await expect(chat.error).toContainText(/broke off at 8000 bytes/);
    await chat.loadModel();
    expect(host.asked.at(-1)).toEqual({ name: NAME, range: "bytes=8000-" });
  });

  test("goes on by itself after the tab was closed", async ({ chat, context }) => {
    host.hold(NAME, 8_000);
    await chat.askForModel();
    await chat.downloaded("8.0 kB");
    const address = chat.page.url();
    await chat.page.close();
    const page = await context.newPage();
    await page.goto(address);
    await expect(page.getByTestId("status")).toHaveAttribute("data-state", "ready", { timeout: 60_000 });
    expect(host.asked.at(-1)).toEqual({ name: NAME, range: "bytes=8000-" });
  });
});

test.describe("two shards", () => {
  const [FIRST, SECOND] = ["small-00001-of-00002.gguf", "small-00002-of-00002.gguf"];
  let host: ModelHost;
  test.beforeEach(async () => {
    const [first, second] = split(smallModel());
    host = await ModelHost.open({ [FIRST]: first, [SECOND]: second });
  });
  test.afterEach(() => host.close());

  test("are one model, and only the shard that was cut is gone on with", async ({ chat, context }) => {
    await offer(context, { name: "Split", shards: [host.listed(FIRST), host.listed(SECOND)] });
    await chat.open();
    host.hold(SECOND, 5_000);
    await chat.askForModel();
    const here = host.listed(FIRST).bytes + 5_000;
    await chat.downloaded(`${(here / 1000).toFixed(1)} kB`);
    host.breakOff();
    await expect(chat.error).toContainText(`broke off at ${here} bytes`);
    await chat.loadModel();
    expect(host.asked).toEqual([
      { name: FIRST, range: undefined },
      { name: SECOND, range: undefined },
      { name: SECOND, range: "bytes=5000-" },
    ]);
    await expect(chat.keptModels).toHaveAttribute("data-whole", "true");
  });

  test("are refused for one that is not what was listed, and the other stays", async ({ chat, context }) => {
    const wrong = host.listed(SECOND, "0".repeat(64));
    await offer(context, { name: "Split", shards: [host.listed(FIRST), wrong] });
    await chat.open();
    await chat.askForModel();
    await expect(chat.error).toContainText(/SHA-256/);

    await offer(context, { name: "Split", shards: [host.listed(FIRST), host.listed(SECOND)] });
    const before = host.asked.length;
    await chat.open();
    await chat.waitForReady();
    expect(host.asked.slice(before)).toEqual([{ name: SECOND, range: undefined }]);
  });
});
