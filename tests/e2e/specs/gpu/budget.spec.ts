// A budget that allows nothing.

import { expect, test } from "../../support/test.ts";

test("a budget of zero never leaves the page", async ({ chat, gateway }) => {
  await chat.open();
  await chat.waitForReady();
  await chat.setBudget("0");
  const before = await gateway.stats();

  for (const where of ["auto", "cloud"] as const) {
    await chat.send("Name a colour.", where);
    const answer = chat.answers.last();
    // Answered here, or refused in words; in neither case by the cloud.
    await expect(answer.or(chat.page.getByTestId("error")).first()).toBeVisible();
    if (await answer.isVisible()) await chat.finished(answer);
  }
  for (const answer of await chat.answers.all()) {
    await expect(answer).not.toHaveAttribute("data-where", "cloud");
  }
  expect(await gateway.stats()).toEqual(before);
});

test("a budget of zero holds after a reload", async ({ chat, gateway }) => {
  await chat.open();
  await chat.waitForReady();
  await chat.setBudget("0");
  await chat.page.reload();
  await chat.waitForReady();
  const before = await gateway.stats();
  const answer = await chat.ask("Name a colour.");
  await expect(answer).toHaveAttribute("data-where", "local");
  expect(await gateway.stats()).toEqual(before);
});
