// A camera and a microphone that cannot be used.

import { expect, test } from "../../support/test.ts";

/** The browser's names for what stands in the way, and what a person should read. */
const OBSTACLES = {
  NotFoundError: /no such device/i,
  NotReadableError: /in use/i,
};

for (const device of ["camera", "microphone"]) {
  test(`says that the ${device} was refused, and keeps the typed text`, async ({ chat }) => {
    await chat.open();
    await chat.composer.fill("What is this?");
    await chat.page.getByTestId(`attach-${device}`).click();

    const error = chat.page.getByTestId("error");
    await expect(error).toContainText(new RegExp(device, "i"));
    await chat.page.getByTestId("preview-cancel").click();
    await expect(error).toBeHidden();
    await expect(chat.composer).toHaveValue("What is this?");
    await expect(chat.attachments).toHaveCount(0);
  });

  for (const [name, message] of Object.entries(OBSTACLES)) {
    test(`says what stands in the way of the ${device}: ${name}`, async ({ chat }) => {
      await chat.page.addInitScript((name) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
      }, name);
      await chat.open();
      await chat.composer.fill("What is this?");
      await chat.page.getByTestId(`attach-${device}`).click();
      await expect(chat.page.getByTestId("error")).toContainText(message);
      await chat.page.getByTestId("preview-cancel").click();
      await expect(chat.composer).toHaveValue("What is this?");
    });
  }
}
