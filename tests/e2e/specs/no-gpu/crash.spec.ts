// Workers and pages that die in the middle of their work, and answers that outlive them.

import { kill, killPage } from "../../support/crash.ts";
import { ChatPage } from "../../support/chat-page.ts";
import { expect, test } from "../../support/test.ts";

const QUESTION = "Write three sentences about a river.";

test("an answer goes on in the next worker as if nothing had happened", async ({ chat }) => {
  await chat.open();
  await chat.loadModel();
  const whole = await (await chat.ask(QUESTION, "local")).locator(".answer-text").innerText();
  await chat.newDialogue();

  await chat.send(QUESTION, "local");
  const answer = chat.answers.last();
  const words = answer.locator(".answer-text");
  await expect(words).toContainText(/(\w+\W+){5}/, { timeout: 120_000 });
  await kill(chat.page);
  await expect(answer.getByTestId("resumed")).toBeVisible();
  await chat.finished(answer);

  await expect(answer).toHaveAttribute("data-state", "done");
  expect(await words.innerText()).toBe(whole);
  const receipt = await chat.receipt(answer);
  expect(receipt.nanoUsd).toBe(0);
  expect(receipt.tokens).toBeGreaterThan(10);
  await expect(chat.questions).toHaveCount(1);
  // What is stored is the whole answer too.
  await chat.page.reload();
  await expect(chat.answers.last()).toContainText(whole.slice(-40));
});

test("an answer can be stopped while it waits for the next worker", async ({ chat }) => {
  await chat.open();
  await chat.loadModel();
  await chat.send("Write a long story about a river.", "local");
  const answer = chat.answers.last();
  await expect(answer.locator(".answer-text")).toContainText(/\w/, { timeout: 120_000 });
  await kill(chat.page);
  await chat.stopButton.click();
  await expect(answer).toHaveAttribute("data-state", "stopped");
  await expect(answer.locator(".answer-text")).toContainText(/\w/);
});

test("a worker that dies for the fourth time is given up, and the page stays", async ({ chat }) => {
  await chat.open();
  await expect(chat.status).toHaveAttribute("data-state", "absent");
  for (let death = 0; death < 4; death++) {
    await expect.poll(() => chat.page.workers().length).toBe(1);
    await kill(chat.page);
  }
  const error = chat.page.locator('.model-card[data-kind="worker_died"]');
  await expect(error).toContainText("The dialogue and what you are typing are kept");
  expect(chat.page.workers()).toEqual([]);

  await chat.send("Is anybody there?");
  await expect(chat.answers.last()).toHaveAttribute("data-state", "failed");
  await expect(chat.answers.last()).toContainText("Reload the page");
  await chat.page.getByRole("button", { name: "Reload the page" }).click();
  await expect(chat.status).toHaveAttribute("data-state", "absent");
  await expect(chat.composer).toHaveValue("Is anybody there?");
});

test("a page that was ended while it loaded the model begins with less", async ({ chat, context }) => {
  await chat.open();
  await chat.page.getByTestId("model-load").click();
  await expect(chat.status).toHaveAttribute("data-state", "loading", { timeout: 120_000 });
  await expect.poll(() => chat.stored("crash-mark"), { timeout: 120_000 }).not.toBeNull();
  await killPage(chat.page);

  const next = new ChatPage(await context.newPage());
  await next.open();
  const notice = next.page.getByTestId("smaller-means");
  await expect(notice).toContainText("does not use the GPU");
  await next.waitForReady();
  await expect.poll(() => next.stored("crash-mark")).toBeNull();
  await expect(notice).toBeVisible();

  await next.page.getByTestId("full-means").click();
  await expect(notice).toBeHidden();
  await next.waitForReady();
  await next.page.reload();
  await expect(next.composer).toBeEditable();
  await next.waitForReady();
  await expect(notice).toBeHidden();
});

test("a page that is closed or reloaded while it works has not crashed", async ({ chat }) => {
  await chat.open();
  await chat.page.getByTestId("model-load").click();
  await expect.poll(() => chat.stored("crash-mark"), { timeout: 120_000 }).not.toBeNull();
  await chat.page.reload();
  await expect(chat.composer).toBeEditable();
  await chat.waitForReady();
  await expect(chat.page.getByTestId("smaller-means")).toBeHidden();
});
