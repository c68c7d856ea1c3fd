// A budget that allows nothing.

import { expect, test } from "../../support/test.ts";

test("a budget of zero never leaves the page", async ({ chat, gateway }) => {
  await chat.open();
  await chat.loadModel();
  await chat.setBudget("0");
  const before = await gateway.stats();

  const free = await chat.ask("Name a colour.");
  await expect(free).toHaveAttribute("data-state", "done");
  await expect(free).toHaveAttribute("data-where", "local");

  // Asked for the cloud, it is answered here or refused in words; never sent.
  const wished = await chat.ask("Name another.", "cloud");
  await expect(wished).not.toHaveAttribute("data-where", "cloud");
  await expect(wished).toContainText(/\w+ \w+/);
  expect(await gateway.stats()).toEqual(before);
});

test("a budget of zero holds after a reload, and without the local model", async ({ chat, gateway }) => {
  await chat.open();
  await chat.setBudget("0");
  await chat.page.reload();
  const before = await gateway.stats();
  await chat.send("Name a colour.", "cloud");
  const answer = chat.answers.last();
  await expect(answer).toHaveAttribute("data-state", /queued|failed/);
  await expect(answer).toContainText(/\w+ \w+/);
  expect(await gateway.stats()).toEqual(before);
});
