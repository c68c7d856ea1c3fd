// A picture and a sound, taken by a click, seen before they are sent.

import { expect, test } from "../../support/test.ts";

test("a camera frame is previewed, attached, sent and accounted for", async ({ chat, gateway }) => {
  await chat.open();
  await chat.page.getByTestId("attach-camera").click();
  await expect(chat.preview).toBeVisible();
  await expect(chat.attachments).toHaveCount(0);
  await chat.page.getByTestId("preview-accept").click();
  await expect(chat.attachments).toHaveCount(1);

  const before = await gateway.stats();
  const answer = await chat.ask("What do you see?", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
  const sent = (await gateway.stats()).bytes - before.bytes;
  const receipt = await chat.receipt(answer);
  // The smallest JPEG of a camera is far larger than a question.
  expect(sent).toBeGreaterThan(1_000);
  expect(receipt.bytesSent).toBe(sent);
  await expect(chat.attachments).toHaveCount(0);
});

test("a clip of the microphone is previewed, attached, sent and accounted for", async ({ chat, gateway }) => {
  await chat.open();
  await chat.page.getByTestId("attach-microphone").click();
  await expect(chat.preview).toBeVisible();
  await chat.page.getByTestId("preview-accept").click();
  await expect(chat.attachments).toHaveCount(1);

  const before = await gateway.stats();
  const answer = await chat.ask("What do you hear?", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
  const sent = (await gateway.stats()).bytes - before.bytes;
  expect(sent).toBeGreaterThan(1_000);
  expect((await chat.receipt(answer)).bytesSent).toBe(sent);
});

test("a preview that is refused attaches nothing", async ({ chat }) => {
  await chat.open();
  await chat.composer.fill("What do you see?");
  await chat.page.getByTestId("attach-camera").click();
  await expect(chat.preview).toBeVisible();
  await chat.page.getByTestId("preview-cancel").click();
  await expect(chat.preview).toBeHidden();
  await expect(chat.attachments).toHaveCount(0);
  await expect(chat.composer).toHaveValue("What do you see?");
});
