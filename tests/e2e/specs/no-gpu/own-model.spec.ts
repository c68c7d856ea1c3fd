// A model of one's own: by its address, from the device, or dropped on the page.

import { smallModel, split } from "../../support/gguf.ts";
import { ModelHost } from "../../support/model-host.ts";
import { expect, test } from "../../support/test.ts";

const FILE = { name: "own.gguf", buffer: smallModel() };

test("a file says what it is before it is loaded, and is not copied", async ({ chat }) => {
  await chat.open();
  await chat.pickFiles(FILE);
  for (const fact of [/qwen2/, /Q5_1/, /29\.0 kB/, /512 tokens/, /On the CPU\s*About .* of memory/]) {
    await expect(chat.modelReport).toContainText(fact);
  }
  await chat.takeModel({ keep: false });
  await expect(chat.keptModels).toHaveCount(0);
  const answer = await chat.ask("Name a colour.", "local");
  await expect(answer).toHaveAttribute("data-where", "local");
});

test("a file that is kept is there the next time", async ({ chat }) => {
  await chat.open();
  await chat.pickFiles(FILE);
  await chat.takeModel({ keep: true });
  await expect(chat.keptModels).toHaveAttribute("data-whole", "true");
  await chat.open();
  await chat.waitForReady();
});

test("the files of a split model are picked together", async ({ chat }) => {
  const [first, second] = split(smallModel());
  await chat.open();
  await chat.pickFiles(
    { name: "own-00002-of-00002.gguf", buffer: second },
    { name: "own-00001-of-00002.gguf", buffer: first },
  );
  await chat.takeModel({ keep: false });
});

test("a file is dropped on the page", async ({ chat }) => {
  await chat.open();
  await chat.dropFile(FILE.name, FILE.buffer);
  await expect(chat.modelReport).toContainText("qwen2");
  await chat.takeModel({ keep: false });
});

test("a file that is no model says so", async ({ chat }) => {
  await chat.open();
  await chat.dropFile("holiday.gguf", Buffer.from("\xff\xd8\xff\xe0 not a model"));
  await expect(chat.error).toContainText(/GGUF/);
});

test.describe("by its address", () => {
  const files = { "own.gguf": FILE.buffer, "page.html": Buffer.from("<!doctype html><title>Models</title>") };
  let host: ModelHost;
  test.afterEach(() => host.close());

  test("a model says what it is, and is fetched once it is taken", async ({ chat }) => {
    host = await ModelHost.open(files);
    await chat.open();
    await chat.lookAt(host.url("own.gguf"));
    await expect(chat.modelReport).toContainText("qwen2");
    await chat.takeModel({ keep: true });
    await expect(chat.keptModels).toHaveAttribute("data-whole", "true");
    const before = host.asked.length;
    await chat.open();
    await chat.waitForReady();
    expect(host.asked.length).toBe(before);
  });

  test("one file of a split model stands for all", async ({ chat }) => {
    const [first, second] = split(smallModel());
    host = await ModelHost.open({ "own-00001-of-00002.gguf": first, "own-00002-of-00002.gguf": second });
    await chat.open();
    await chat.lookAt(host.url("own-00001-of-00002.gguf"));
    await chat.takeModel({ keep: false });
    await expect(chat.keptModels).toHaveCount(0);
  });

  test("what is refused says why", async ({ chat }) => {
    host = await ModelHost.open(files);
    const closed = await ModelHost.open(files, false);
    await chat.open();
    const refused = { [host.url("page.html")]: /is a web page/, [host.url("gone.gguf")]: /no file/, [closed.url("own.gguf")]: /CORS/, "ftp://x/y.gguf": /https:\/\// };
    for (const [address, why] of Object.entries(refused)) {
      await chat.lookAt(address);
      await expect(chat.error).toContainText(why);
      await chat.page.keyboard.press("Escape");
    }
    closed.close();
  });
});
