// The dialogue and its ledger outlive the page.

import { expect, test } from "../../support/test.ts";

test("a reload keeps the dialogue and its receipts", async ({ chat }) => {
  await chat.open();
  const answer = await chat.ask("Name a colour.", "cloud");
  const [text, receipt] = [await answer.innerText(), await chat.receipt(answer)];

  await chat.page.reload();
  await expect(chat.questions).toHaveCount(1);
  await expect(chat.questions.first()).toContainText("Name a colour.");
  await expect(chat.answers).toHaveCount(1);
  expect(await chat.answers.first().innerText()).toBe(text);
  expect(await chat.receipt(chat.answers.first())).toEqual(receipt);
});

test("a new dialogue starts empty", async ({ chat }) => {
  await chat.open();
  await chat.ask("Name a colour.", "cloud");
  await chat.page.getByTestId("new-dialogue").click();
  await chat.page.getByTestId("new-dialogue-confirm").click();
  await expect(chat.questions).toHaveCount(0);
  await expect(chat.answers).toHaveCount(0);
});
