// A model file that is not what it should be.

import { expect, test } from "../../support/test.ts";

const BROKEN = {
  "is not a model": { body: Buffer.from("<!doctype html><title>Not found</title>") },
  "is cut short": { body: Buffer.from("GGUF\u0003\u0000\u0000\u0000") },
  "is missing": { status: 404 },
};

for (const [what, response] of Object.entries(BROKEN)) {
  test(`says that the file ${what}, and still answers in the cloud`, async ({ chat, context }) => {
    await context.route("**/models/**", (route) => route.fulfill(response));
    await chat.open();
    await chat.page.getByTestId("model-load").click();
    await expect(chat.status).toHaveAttribute("data-state", "failed", { timeout: 60_000 });
    const error = chat.page.getByTestId("error");
    await expect(error).toContainText(/\w+ \w+/);
    await expect(error.getByTestId("model-load")).toBeVisible();

    const answer = await chat.ask("Name a colour.", "cloud");
    await expect(answer).toHaveAttribute("data-state", "done");
  });
}
