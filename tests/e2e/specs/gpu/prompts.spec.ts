// Prompts that cannot be answered.

import { expect, test } from "../../support/test.ts";

test("an empty prompt is not sent", async ({ chat }) => {
  await chat.open();
  for (const nothing of ["", "   ", "\n\n"]) {
    await chat.composer.fill(nothing);
    await chat.composer.press("Enter");
    await expect(chat.questions).toHaveCount(0);
  }
});

for (const where of ["local", "cloud"] as const) {
  test(`a million characters for the ${where} model end in a clear message, and are not lost`, async ({ chat }) => {
    await chat.open();
    if (where === "local") await chat.loadModel();
    else await chat.setBudget("");
    const million = "word ".repeat(200_000).trimEnd();
    const failed = await chat.ask(million, where);
    await expect(failed).toHaveAttribute("data-state", "failed");
    await expect(failed.getByTestId("error")).toContainText(/long|large/i);

    await failed.getByRole("button", { name: "Edit the question" }).click();
    await expect(chat.composer).toHaveValue(million);

    const answer = await chat.ask("Name a colour.", where);
    await expect(answer).toHaveAttribute("data-state", "done");
  });
}
