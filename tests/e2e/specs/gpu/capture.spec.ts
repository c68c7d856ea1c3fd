// A picture and a sound, taken by a click, seen before they are sent.

import { expect, test } from "../../support/test.ts";

const QUESTIONS = { camera: "What do you see?", microphone: "What do you hear?" } as const;

for (const device of ["camera", "microphone"] as const) {
  test(`what the ${device} took is previewed, attached, sent and accounted for`, async ({ chat, gateway }) => {
    await chat.open();
    await chat.capture(device);
    await expect(chat.preview).toBeHidden();
    await expect(chat.attachments).toHaveCount(1);

    const before = await gateway.stats();
    const answer = await chat.askAndApprove(QUESTIONS[device], "cloud");
    await expect(answer).toHaveAttribute("data-state", "done");
    await expect(chat.attachments).toHaveCount(0);
    const sent = (await gateway.stats()).bytes - before.bytes;
    // The smallest picture or clip is far larger than a question.
    expect(sent).toBeGreaterThan(1_000);
    expect((await chat.receipt(answer)).bytesSent).toBe(sent);
  });

  test(`what the ${device} took goes nowhere when it is refused`, async ({ chat, gateway }) => {
    await chat.open();
    await chat.composer.fill(QUESTIONS[device]);
    const before = await gateway.stats();
    await chat.page.getByTestId(`attach-${device}`).click();
    await expect(chat.preview).toBeVisible();
    await chat.page.getByTestId("preview-cancel").click();
    await expect(chat.preview).toBeHidden();
    await expect(chat.attachments).toHaveCount(0);
    await expect(chat.composer).toHaveValue(QUESTIONS[device]);
    expect(await gateway.stats()).toEqual(before);
  });
}
