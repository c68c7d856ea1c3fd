// What axe-core finds, in both themes and at both ends of the widths.

import axe from "axe-core";
import { expect, test } from "../../support/test.ts";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [360, 1280]) {
    test(`no violation in the ${colorScheme} theme at ${width} px`, async ({ chat }) => {
      const { page } = chat;
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const violations = async () => {
        await page.evaluate(axe.source);
        return await page.evaluate(async () => {
          const { axe } = globalThis as unknown as { axe: typeof import("axe-core") };
          const { violations } = await axe.run();
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
        });
      };
      await chat.open();
      expect(await violations(), "the empty page").toEqual([]);

      const answer = await chat.ask("Name a colour.", "cloud");
      await answer.getByTestId("receipt").locator("summary").click();
      expect(await violations(), "an answer and its receipt").toEqual([]);

      await chat.openSettings();
      expect(await violations(), "the settings").toEqual([]);

      await chat.page.getByTestId("record").click();
      await expect(chat.page.getByTestId("record-departure")).toHaveCount(1);
      await chat.page.getByTestId("record-departure").locator("summary").click();
      expect(await violations(), "what was spent, and what left").toEqual([]);
    });
  }
}

test("a turn needs no mouse", async ({ chat }) => {
  await chat.open();
  await chat.page.getByTestId("where").selectOption("cloud");
  await chat.composer.focus();
  await chat.page.keyboard.type("Name a colour.");
  await chat.page.keyboard.press("Enter");
  await expect(chat.answers).toHaveCount(1);
  await chat.finished(chat.answers.last());
  await expect(chat.answers.last()).toHaveAttribute("data-state", "done");
});
