// Two tabs of one browser: the day's limit is common to them, their dialogues are not.

import { ChatPage } from "../../support/chat-page.ts";
import { calls, closedLedger, dollars, expectWhole, storedLedger } from "../../support/ledger.ts";
import { expect, test } from "../../support/test.ts";

const ROUNDS = 50;
const QUESTION = "Name a colour.";

test("two tabs race for the last cent of the day, and one of them gets it", async ({ chat, context, gateway }) => {
  await chat.open();
  // The answer breaks off and nobody reports its usage: a call costs its worst case, every time.
  await chat.useProvider(gateway.failing("cut"));
  await chat.ask(QUESTION, "cloud");
  const [first] = calls(await closedLedger(chat.page));
  const cost = first!.charged.usd;
  expect(cost).toBe(first!.reserved.worst.usd);

  const rival = new ChatPage(await context.newPage());
  await rival.open();
  await expect(rival.error).toContainText("open in another tab");
  await rival.ask(QUESTION, "cloud");
  const both = [chat, rival];
  for (let round = 1; round <= ROUNDS; round++) {
    const { spent } = await closedLedger(chat.page);
    const limit = spent.day.usd + cost + cost / 2n;
    for (const tab of both) {
      await tab.newDialogue();
      await tab.setLimit("limit-day-usd", dollars(limit));
      await tab.page.getByTestId("where").selectOption("cloud");
      await tab.composer.fill(QUESTION);
    }
    const before = await gateway.stats();
    await Promise.all(both.map((tab) => tab.sendButton.click()));
    const answers = both.map((tab) => tab.answers.last());
    for (const answer of answers) await expect(answer).toHaveAttribute("data-state", "failed");
    const kinds = await Promise.all(
      answers.map((answer) => answer.getByTestId("error").getAttribute("data-kind")),
    );
    expect(kinds.sort(), `round ${round}`).toEqual(["cloud_cut_off", "over_budget"]);
    expect((await gateway.stats()).requests - before.requests, `round ${round}`).toBe(1);

    const after = await closedLedger(chat.page);
    expectWhole(after);
    expect(after.spent.day.usd).toBe(spent.day.usd + cost);
    expect(after.spent.day.usd).toBeLessThanOrEqual(limit);
  }
  expect(calls(await closedLedger(chat.page))).toHaveLength(ROUNDS + 2);
});

test("a call counts as interrupted once its tab is gone, and not before", async ({ chat, context, gateway }) => {
  await chat.open();
  const other = new ChatPage(await context.newPage());
  await other.open();
  await expect(other.error).toContainText("open in another tab");
  await other.useProvider(gateway.failing("stall"));
  await other.send(QUESTION, "cloud");
  await expect(other.answers.last().locator(".answer-text")).toContainText(/\w/);

  // What answers next is what either tab says; the call that stalls is not disturbed.
  await chat.useProvider(gateway.baseUrl);
  await chat.ask(QUESTION, "cloud");
  const during = (await storedLedger(chat.page))!;
  expect(during.open).toHaveLength(1);
  expect(calls(during).map(({ basis }) => basis)).toEqual(["reported"]);

  await other.page.close();
  await chat.ask("Name another.", "cloud");
  const after = await closedLedger(chat.page);
  expectWhole(after);
  expect(calls(after).map(({ basis }) => basis).sort()).toEqual(["interrupted", "reported", "reported"]);
});

test("a limit that is set in one tab holds in the others", async ({ chat, context }) => {
  await chat.open();
  const other = new ChatPage(await context.newPage());
  await other.open();
  await chat.setLimit("limit-day-usd", "0.000001");
  await expect(other.page.getByTestId("limit-day-usd")).toHaveValue("0.000001");
  const refused = await other.ask(QUESTION, "cloud");
  await expect(refused).toHaveAttribute("data-state", "failed");
  await expect(refused.getByTestId("error")).toHaveAttribute("data-kind", "over_budget");
  await chat.setLimit("limit-day-usd", "0.01");
  await expect(other.page.getByTestId("limit-day-usd")).toHaveValue("0.01");
  await expect(await other.ask(QUESTION, "cloud")).toHaveAttribute("data-state", "done");
});

test("only the first tab's dialogue is kept", async ({ chat, context }) => {
  await chat.open();
  await chat.ask(QUESTION, "cloud");
  const other = new ChatPage(await context.newPage());
  await other.open();
  await expect(other.error).toContainText("This one is lost with the page");
  await expect(other.questions).toHaveCount(0);
  await other.ask("Name a fruit.", "cloud");
  await other.page.close();

  await chat.page.reload();
  await expect(chat.questions).toHaveCount(1);
  await expect(chat.questions).toContainText([QUESTION]);
  expect(calls(await closedLedger(chat.page))).toHaveLength(2);
});
