// A dialogue that is longer than what the local model remembers.

import { expect, test } from "../../support/test.ts";

test("turns that the model no longer sees are named, once", async ({ chat }) => {
  // What a crash has the model use, so that a short dialogue fills it.
  await chat.open();
  await chat.page.evaluate(() => localStorage.setItem("weir:v1:means", '{"gpu":false,"context":512}'));
  await chat.page.reload();
  await chat.loadModel();
  const note = chat.page.getByTestId("forgotten");

  const long = "I have a red pen, a blue cup and a green hat. ".repeat(14);
  for (const _ of [1, 2]) await chat.ask(`${long} Say only: yes.`, "local");
  await expect(note).toHaveCount(1);
  await expect(note).toHaveText("The local model no longer sees the first turn.");
  await expect(chat.answers.last().getByTestId("forgotten")).toBeVisible();

  await chat.ask("Say only: no.", "local");
  await expect(note).toHaveCount(1);
  await chat.page.reload();
  await expect(chat.answers).toHaveCount(3);
  await expect(note).toHaveCount(1);
});
