// What goes wrong is made good elsewhere, and what the user thinks of answers counts.

import { expect, test } from "../../support/test.ts";

test("where the cloud fails this device answers, and says so", async ({ chat, gateway }) => {
  await chat.open();
  await chat.loadModel();
  await chat.useProvider(gateway.failing("server-error"));
  const answer = await chat.ask("Explain in detail why the sky is blue and the sunset red.");
  await expect(answer).toHaveAttribute("data-where", "local");
  await expect(answer).toHaveAttribute("data-state", "done");
  const said = "The cloud could not answer, so this device did.";
  await expect(answer.getByTestId("failover")).toContainText(said);
  const receipt = await chat.receipt(answer);
  expect(receipt.bytesSent, "what left is on the receipt").toBeGreaterThan(0);
  expect(receipt.tokens).toBeGreaterThan(0);

  await chat.page.reload();
  await expect(chat.answers.getByTestId("failover")).toContainText(said);
});

test("a mark shifts what is expected until it is forgotten, and is kept with its answer", async ({ chat }) => {
  await chat.open();
  await chat.loadModel();
  await chat.ask("Name a colour.", "local");
  const first = chat.answers.first();
  await expect(first.getByTestId("learned")).toHaveCount(0);
  const good = first.getByRole("button", { name: "Good answer" });
  await good.click();
  await expect(good).toHaveAttribute("aria-pressed", "true");
  await expect(first.getByRole("button", { name: "Bad answer" })).toHaveAttribute("aria-pressed", "false");

  const second = await chat.ask("Name another.", "local");
  await expect(second.getByTestId("learned")).toHaveText(/^, \+0\.\d\d by your marks$/);

  await chat.openSettings();
  await chat.page.getByTestId("forget-lessons").click();
  await chat.closeSettings();
  const third = await chat.ask("And a third.", "local");
  await expect(third.getByTestId("learned")).toHaveCount(0);

  await chat.page.reload();
  await expect(good).toHaveAttribute("aria-pressed", "true");
});

test("an answer is redone in the cloud, in its place", async ({ chat }) => {
  await chat.open();
  await chat.loadModel();
  const here = await chat.ask("Name a colour.", "local");
  await here.getByRole("button", { name: "Redo in the cloud" }).click();
  await expect(chat.answers).toHaveAttribute("data-where", "cloud");
  await chat.finished(chat.answers);
  await expect(chat.answers).toHaveAttribute("data-state", "done");

  await chat.page.reload();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.answers).toHaveAttribute("data-where", "cloud");
});
