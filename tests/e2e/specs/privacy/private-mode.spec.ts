// Private mode: no permit for anything to leave.

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
