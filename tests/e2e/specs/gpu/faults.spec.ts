// A cloud that fails, in each of the ways it can.

import type { Fault } from "../../support/gateway.ts";
import { expect, test } from "../../support/test.ts";
import type { ChatPage } from "../../support/chat-page.ts";

const QUESTION = "Name a colour.";
const FAULTS: Fault[] = ["unauthorized", "rate-limited", "server-error", "cut"];

/** One clear message; the question is still there, and the next turn works. */
async function failsClearly(chat: ChatPage, provider: string, working: string): Promise<void> {
  await chat.open();
  await chat.useProvider(provider);
  await chat.send(QUESTION, "cloud");

  const error = chat.page.getByTestId("error");
  await expect(error).toBeVisible({ timeout: 60_000 });
  await expect(error).toHaveAttribute("data-kind", /\w/);
  await expect(error).toContainText(/\w+ \w+/);
  await expect(chat.page.getByText(QUESTION).or(chat.composer).first()).toBeVisible();

  await chat.useProvider(working);
  const answer = await chat.ask("Name another.", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
}

for (const fault of FAULTS) {
  test(`the cloud answers with ${fault}`, async ({ chat, gateway }) => {
    await failsClearly(chat, gateway.failing(fault), gateway.baseUrl);
  });
}

test("the cloud cannot be reached", async ({ chat, gateway }) => {
  await failsClearly(chat, await gateway.unreachable(), gateway.baseUrl);
});
