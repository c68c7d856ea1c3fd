// Prompts that cannot be answered.

import { expect, test } from "../../support/test.ts";

test("an empty prompt is not sent", async ({ chat }) => {
  await chat.open();
  for (const nothing of ["", "   ", "\n\n"]) {
    await chat.composer.fill(nothing);
    await chat.composer.press("Enter");
    await expect(chat.questions).toHaveCount(0);
  }
  await expect(chat.answers).toHaveCount(0);
});

test("a million characters end in a clear message, and are not lost", async ({ chat }) => {
  await chat.open();
  await chat.waitForReady();
  const million = "word ".repeat(200_000);
  await chat.send(million, "local");
  const error = chat.page.getByTestId("error");
  await expect(error).toBeVisible({ timeout: 60_000 });
  await expect(error).toContainText(/long/i);
  const kept =
    (await chat.composer.inputValue()).length + ((await chat.questions.last().textContent()) ?? "").length;
  expect(kept).toBeGreaterThanOrEqual(million.trim().length);

  // The page still works.
  await chat.composer.fill("");
  const answer = await chat.ask("Name a colour.", "local");
  await expect(answer).toHaveAttribute("data-state", "done");
});
