// Before anything leaves, the user is shown exactly that.

import { expect, test } from "../../support/test.ts";
import { departures } from "../../support/departures.ts";
import { Witness } from "../../support/witness.ts";
import { beforeAnything } from "../../support/worker.ts";

const MAIL = "ann@example.com";

/** The page may show what it has an address of, but not read it again: this remembers what it was. */
function keepBlobs(): void {
  const blobs = new Map<string, Blob>();
  Object.assign(globalThis, { blobs });
  const create = URL.createObjectURL.bind(URL);
  URL.createObjectURL = (blob) => {
    const url = create(blob);
    blobs.set(url, blob as Blob);
    return url;
  };
}

test.describe("a cloud that the page offers", () => {
  test("is agreed to once, before the first call", async ({ chat, gateway }) => {
    await chat.open({ stranger: true });
    const before = await gateway.stats();
    await chat.send("Name a colour.", "cloud");
    await expect(chat.departure).toContainText("Nothing went to this host before.");
    await expect(chat.departure).toContainText(new URL(gateway.baseUrl).host);
    await chat.page.getByTestId("departure-withhold").click();
    await expect(chat.answers.last()).toHaveAttribute("data-state", "failed");
    await expect(chat.error).toHaveAttribute("data-kind", "withheld");
    expect((await gateway.stats()).requests).toBe(before.requests);

    await chat.askAndApprove("Name a colour.", "cloud");
    await chat.ask("Name another.", "cloud");
    expect((await gateway.stats()).requests).toBe(before.requests + 2);

    await chat.openSettings();
    await chat.page.getByTestId("consent-forget").click();
    await chat.closeSettings();
    await chat.send("Name a third.", "cloud");
    await expect(chat.departure).toBeVisible();
    await chat.page.keyboard.press("Escape");
    await chat.finished(chat.answers.last());
    expect((await gateway.stats()).requests).toBe(before.requests + 2);
  });

  test("gets nothing from a page that was left while the user was asked", async ({ chat, gateway }) => {
    await chat.open({ stranger: true });
    const before = await gateway.stats();
    await chat.send("Name a colour.", "cloud");
    await expect(chat.departure).toBeVisible();
    await chat.page.reload();
    await expect(chat.questions).toHaveCount(1);
    await expect(chat.departure).toBeHidden();
    await expect(chat.answers.last()).toContainText("This was not answered.");
    expect((await gateway.stats()).requests).toBe(before.requests);
  });
});

test.describe("what is sent", () => {
  let witness: Witness;
  test.beforeEach(async () => { witness = await Witness.open(); });
  test.afterEach(() => witness.close());

  test("is what was shown: words, pictures and sounds, with the user's changes", async ({ chat }) => {
    await chat.page.addInitScript(keepBlobs);
    await chat.open();
    await chat.useProvider(witness.baseUrl);
    await chat.capture("camera");
    await chat.capture("microphone");
    await chat.send(`What is this? Write to ${MAIL}.`, "cloud");
    await expect(chat.departure).toContainText(witness.host);
    await expect(chat.departure.getByTestId("departure-diff").locator("del")).toHaveText(MAIL);
    await expect(chat.departure.getByTestId("departure-diff").locator("ins")).toHaveText("[EMAIL_1]");

    await chat.page.getByTestId("departure-text").fill(`Is it red? Tell ${MAIL}!`);
    const uploads = chat.page.getByTestId("departure-upload");
    await uploads.last().uncheck();
    await expect(chat.page.getByTestId("departure-send")).toBeEnabled();
    expect(witness.bodies).toHaveLength(0);
    const shown = await chat.departure.getByRole("img", { name: "The picture that would be sent" }).evaluate(async (img) => {
      const { src, clientWidth: wide, naturalWidth: naturally } = img as HTMLImageElement;
      const { blobs } = globalThis as unknown as { blobs: Map<string, Blob> };
      return { bytes: [...new Uint8Array(await blobs.get(src)!.arrayBuffer())], wide, naturally };
    });
    expect(shown.wide).toBe(shown.naturally);
    await chat.approve();
    const answer = chat.answers.last();
    await chat.finished(answer);
    await expect(answer).toHaveAttribute("data-state", "done");

    expect(witness.texts.at(-1)).toBe("Is it red? Tell [EMAIL_1]!");
    expect(witness.uploads).toEqual([{ kind: "picture", bytes: Buffer.from(shown.bytes) }]);
    expect((await chat.receipt(answer)).bytesSent).toBe(witness.bodies[0]!.length);
    await expect(chat.questions.last()).toContainText(`Is it red? Tell ${MAIL}!`);

    // The log says the same.
    const [departed, ...more] = await departures(chat.page);
    expect(more).toEqual([]);
    expect(departed!.host).toBe(witness.host);
    expect(departed!.messages.map(([, text]) => text)).toEqual(witness.texts);
    expect(departed!.bytes).toBe(witness.bodies[0]!.length);
    expect(departed!.uploads).toMatchObject([{ modality: "camera_view", bytes: shown.bytes.length }]);
    expect(departed!.uploads[0]!.thumbnail).toMatch(/^data:image\/jpeg;base64,/);
  });

  test("keeps out of later calls what was left out of the first", async ({ chat }) => {
    await chat.open();
    await chat.useProvider(witness.baseUrl);
    await chat.setRule("text", "Ask me first");
    await chat.askAndApprove(`I am ${MAIL}.`, "cloud");
    await chat.setRule("text", "Allow");
    await chat.ask("Name a colour.", "cloud");
    expect(witness.texts).toContain("I am [EMAIL_1].");
    expect(Buffer.concat(witness.bodies).toString()).not.toContain(MAIL);
    await expect(chat.questions.first()).toContainText(MAIL);
  });

  test("is as typed where the user wants it so", async ({ chat }) => {
    await chat.open();
    await chat.useProvider(witness.baseUrl);
    await chat.setRule("text", "Ask me first");
    await chat.send(`I am ${MAIL}.`, "cloud");
    await chat.page.getByTestId("departure-redact").uncheck();
    await expect(chat.page.getByTestId("departure-diff")).toBeHidden();
    await chat.approve();
    await chat.finished(chat.answers.last());
    expect(witness.texts.at(-1)).toBe(`I am ${MAIL}.`);
  });

  test("is nothing at all where the log cannot be written", async ({ chat, context }) => {
    await beforeAnything(context, `IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };\n`);
    await chat.open();
    await chat.useProvider(witness.baseUrl);
    await chat.ask("Name a colour.", "cloud");
    await expect(chat.error).toHaveAttribute("data-kind", "storage");
    expect(witness.bodies).toHaveLength(0);
  });
});

test("a database of before has a log from now on, and keeps what it has", async ({ chat }) => {
  await chat.page.goto(new URL("weir.json", process.env["WEIR_PAGE"]).href);
  await chat.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("weir", 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore("records").put("kept", "a record of before");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => resolve(opening.result.close());
      }),
  );
  await chat.open();
  await chat.ask("Name a colour.", "cloud");
  expect(await departures(chat.page)).toHaveLength(1);
  const kept = await chat.page.evaluate(
    () =>
      new Promise((resolve) => {
        const opening = indexedDB.open("weir");
        opening.onsuccess = () => {
          const got = opening.result.transaction("records").objectStore("records").get("a record of before");
          got.onsuccess = () => resolve(got.result);
        };
      }),
  );
  expect(kept).toBe("kept");
});
