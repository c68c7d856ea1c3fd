// A camera and a microphone that may not be used.

import { expect, test } from "../../support/test.ts";

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
}
