// Private mode: no permit for anything to leave.

import { ChatPage } from "../../support/chat-page.ts";
import { expect, test } from "../../support/test.ts";

test("private mode keeps every turn in the page", async ({ chat, gateway }) => {
  await chat.open();
  await chat.loadModel();
  await chat.setPrivate();
  const before = await gateway.stats();
  const answer = await chat.ask("Name a colour.");
  await expect(answer).toHaveAttribute("data-where", "local");
  expect(await gateway.stats()).toEqual(before);
});

test("private mode in one tab is private mode in all", async ({ chat, context, gateway }) => {
  await chat.open();
  const other = new ChatPage(await context.newPage());
  await other.open();
  await chat.setPrivate();
  await expect(other.page.getByTestId("private-mode")).toBeChecked();
  const before = await gateway.stats();
  await expect(await other.ask("Name a colour.", "cloud")).toHaveAttribute("data-state", "failed");
  expect(await gateway.stats()).toEqual(before);
});
