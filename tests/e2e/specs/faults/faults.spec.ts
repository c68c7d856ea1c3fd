// A cloud that fails, in each of the ways it can.

import type { ChatPage } from "../../support/chat-page.ts";
import { FAULTS } from "../../support/gateway.ts";
import { expect, test } from "../../support/test.ts";

/** One clear message in the answer's place; the question stays, and the next turn works. */
async function failsClearly(chat: ChatPage, provider: string, working: string): Promise<void> {
  await chat.open();
  await chat.useProvider(provider);
  const failed = await chat.ask("Name a colour.", "cloud");
  await expect(failed).toHaveAttribute("data-state", "failed");
  const error = failed.getByTestId("error");
  await expect(error).toHaveAttribute("data-kind", /\w/);
  await expect(error).toContainText(/\w+ \w+/);
  await expect(chat.questions).toContainText(["Name a colour."]);

  await chat.useProvider(working);
  const answer = await chat.ask("Name another.", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
}

for (const fault of FAULTS) {
  test(`the cloud fails: ${fault}`, async ({ chat, gateway }) => {
    await failsClearly(chat, gateway.failing(fault), gateway.baseUrl);
  });
}

test("the cloud cannot be reached", async ({ chat, gateway }) => {
  await failsClearly(chat, await gateway.unreachable(), gateway.baseUrl);
});
