// A model file that is not what it should be.

import { type BrowserContext } from "@playwright/test";
import type { ChatPage } from "../../support/chat-page.ts";
import { gguf } from "../../support/gguf.ts";
import { expect, test } from "../../support/test.ts";

/** A clear message with a way to try again, and a page that still answers. */
async function refusesClearly(chat: ChatPage, message: RegExp): Promise<void> {
  await chat.page.getByTestId("model-load").click();
  await expect(chat.status).toHaveAttribute("data-state", "failed", { timeout: 60_000 });
  const error = chat.page.getByTestId("error");
  await expect(error).toContainText(message);
  await expect(error.getByTestId("model-load")).toBeVisible();

  const answer = await chat.ask("Name a colour.", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
}

/** What the host of the models answers instead. */
async function answerWith(context: BrowserContext, response: { body?: Buffer; status?: number }): Promise<void> {
  await context.route("**/models/**", (route) => route.fulfill(response));
}

const NOT_THE_ONE_NAMED = {
  "is cut short": { body: gguf({}).subarray(0, 8), message: /bytes/ },
  "is missing": { status: 404, message: /no file/i },
};

for (const [what, { message, ...response }] of Object.entries(NOT_THE_ONE_NAMED)) {
  test(`says that the file ${what}`, async ({ chat, context }) => {
    await answerWith(context, response);
    await chat.open();
    await refusesClearly(chat, message);
  });
}

test("says that the file is not the one that was listed", async ({ chat, context }) => {
  await context.route("**/weir.json", async (route) => {
    const response = await route.fetch();
    const listed = (await response.json()) as { models: { sha256: string }[] };
    for (const model of listed.models) model.sha256 = "0".repeat(64);
    await route.fulfill({ response, json: listed });
  });
  await chat.open();
  await refusesClearly(chat, /SHA-256/);
});

const NOT_USABLE = {
  "no model": { body: Buffer.from("<!doctype html><title>Not found</title>"), message: /GGUF/ },
  "cut inside its header": { body: gguf({ architecture: "llama" }).subarray(0, 30), message: /not downloaded completely/ },
  "of a version from the future": { body: gguf({ version: 9 }), message: /version 9/i },
  "of another architecture": { body: gguf({ architecture: "mamba" }), message: /mamba/ },
  "of an unknown quantisation": { body: gguf({ architecture: "llama", tensorType: 10 }), message: /Q2_K/ },
};

for (const [what, { message, body }] of Object.entries(NOT_USABLE)) {
  test(`says that a file of one's own is ${what}`, async ({ chat, context }) => {
    await answerWith(context, { body });
    await chat.open({ model: new URL("models/own.gguf", process.env["WEIR_PAGE"]!).href });
    await refusesClearly(chat, message);
  });
}
