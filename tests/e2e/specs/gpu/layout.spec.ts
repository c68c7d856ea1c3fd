// Nothing is wider than the window.

import { expect, test } from "../../support/test.ts";

for (const width of [360, 768, 1280, 1920]) {
  test(`nothing overflows at ${width} px`, async ({ chat }) => {
    await chat.page.setViewportSize({ width, height: 740 });
    const overflow = () =>
      chat.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await chat.open();
    expect(await overflow(), "the empty page").toBeLessThanOrEqual(0);

    const unbroken = "a".repeat(400);
    const answer = await chat.ask(`Repeat this word: ${unbroken}`, "cloud");
    await answer.getByTestId("receipt").locator("summary").click();
    expect(await overflow(), "a word without a break").toBeLessThanOrEqual(0);
    await expect(chat.composer).toBeInViewport();

    await chat.openSettings();
    expect(await overflow(), "the settings").toBeLessThanOrEqual(0);
  });
}
