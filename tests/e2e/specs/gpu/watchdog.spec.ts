// A worker that dies.

import { expect, test } from "../../support/test.ts";

test("is started again and says so, and nothing is lost", async ({ chat }) => {
  await chat.open();
  await chat.ask("Name a colour.", "cloud");
  await chat.composer.fill("Name another.");

  // What a trap of the module looks like from the page.
  const [worker] = chat.page.workers();
  await worker!.evaluate(() => void setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
  await expect(chat.page.getByTestId("error")).toContainText("Nothing of the dialogue is lost");
  expect(chat.page.workers()).not.toContain(worker);

  await expect(chat.composer).toHaveValue("Name another.");
  await chat.sendButton.click();
  await expect(chat.answers).toHaveCount(2);
  await chat.finished(chat.answers.last());
  await expect(chat.answers.last()).toHaveAttribute("data-state", "done");
});
