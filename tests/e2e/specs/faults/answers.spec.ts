// A cloud that answers although something is wrong: the answer stays, and no charge is lost.

import { recordCalls, worstCase } from "../../support/calls.ts";
import { PRICE } from "../../support/gateway.ts";
import { expect, test } from "../../support/test.ts";

/** What is charged for an answer whose report is wrong. */
const REPORTS = {
  "no-usage": "worst",
  // It could be true, and who bills is believed.
  "wrong-usage-low": PRICE.input + PRICE.output,
  "wrong-usage-negative": "worst",
  "wrong-usage-absurd": "worst",
} as const;

for (const [fault, charge] of Object.entries(REPORTS)) {
  test(`the cloud answers: ${fault}`, async ({ chat, gateway }) => {
    const calls = recordCalls(chat.page);
    await chat.open();
    await chat.useProvider(gateway.failing(fault));
    const answer = await chat.ask("Name a colour.", "cloud");
    await expect(answer).toHaveAttribute("data-state", "done");
    await expect(answer.locator(".answer-text")).toContainText(/\w/);

    const spent = charge === "worst" ? worstCase(calls[0]!) : charge;
    expect((await chat.receipt(answer)).nanoUsd).toBe(spent);
    expect(await chat.ledger()).toEqual({ spent, reserved: 0 });
    const words = answer.getByTestId("receipt");
    if (charge === "worst") await expect(words).toContainText("the most it can have cost");

    await chat.useProvider(gateway.baseUrl);
    const next = await chat.ask("Say hello.", "cloud");
    await expect(next).toHaveAttribute("data-state", "done");
    const { nanoUsd } = await chat.receipt(next);
    expect(await chat.ledger()).toEqual({ spent: spent + nanoUsd, reserved: 0 });
  });
}

test("the cloud turns a call away and takes it when asked again", async ({ chat, gateway }) => {
  const calls = recordCalls(chat.page);
  await chat.open();
  await chat.useProvider(gateway.failing("rate-limited-once"));
  // The gateway turns every other call away, whoever makes it: one of two is.
  for (const question of ["Name a colour.", "Say hello."]) {
    const answer = await chat.ask(question, "cloud");
    await expect(answer).toHaveAttribute("data-state", "done");
  }
  expect(calls.length).toBeGreaterThan(2);

  let spent = 0;
  for (const answer of await chat.answers.all()) {
    const { promptTokens, tokens, nanoUsd } = await chat.receipt(answer);
    expect(nanoUsd).toBe(promptTokens * PRICE.input + tokens * PRICE.output);
    spent += nanoUsd;
  }
  expect(await chat.ledger()).toEqual({ spent, reserved: 0 });
});
