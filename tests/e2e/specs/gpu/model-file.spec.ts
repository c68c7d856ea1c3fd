// A model file that is not what the catalogue says.

import { expect, test } from "../../support/test.ts";

const BROKEN = {
  "is not a model": Buffer.from("<!doctype html><title>Not found</title>"),
  "is cut short": Buffer.concat([Buffer.from("GGUF"), Buffer.from([3, 0, 0, 0])]),
};

for (const [what, body] of Object.entries(BROKEN)) {
  test(`says that the file ${what}, and still answers in the cloud`, async ({ chat }) => {
    await chat.page.context().route("**/models/**", (route) => route.fulfill({ body }));
    await chat.open();
    await expect(chat.status).toHaveAttribute("data-state", "failed", { timeout: 60_000 });
    await expect(chat.page.getByTestId("error").or(chat.status).first()).toContainText(/\w+ \w+/);
    const answer = await chat.ask("Name a colour.", "cloud");
    await expect(answer).toHaveAttribute("data-state", "done");
  });
}

test("says that the file is missing", async ({ chat }) => {
  await chat.page.context().route("**/models/**", (route) => route.fulfill({ status: 404 }));
  await chat.open();
  await expect(chat.status).toHaveAttribute("data-state", "failed", { timeout: 60_000 });
});
