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

test("a model that nobody knows the price of is not called", async ({ chat, gateway }) => {
  await chat.open();
  const before = await gateway.stats();
  await chat.openSettings();
  await chat.page.getByTestId("provider-base-url").fill(gateway.baseUrl);
  await chat.page.getByTestId("provider-model").fill("nobody-knows-me");
  await chat.page.getByTestId("provider-save").click();
  await expect(chat.page.getByTestId("provider-problem")).toContainText("Write both prices");
  await expect(chat.page.getByTestId("provider-state")).not.toContainText("nobody-knows-me");

  // Nor is one that reached the settings in another way.
  await chat.page.evaluate((base_url) => {
    const name = "weir:v1:settings";
    const settings = JSON.parse(localStorage.getItem(name)!) as object;
    const provider = { dialect: "openai", base_url, model: "nobody-knows-me", price: null };
    localStorage.setItem(name, JSON.stringify({ ...settings, cloud: { own: { provider, with_key: false } } }));
  }, gateway.baseUrl);
  await chat.page.reload();
  await expect(chat.page.getByTestId("provider-state")).toContainText("nobody-knows-me");
  await chat.ask("Name a colour.", "cloud");
  await expect(chat.answers.last()).toHaveAttribute("data-state", "failed");
  expect(await gateway.stats()).toEqual(before);
});
