// A host that allows nothing it need not.

import { expect, test } from "../../support/test.ts";
import { recordViolations, serveStrictly } from "../../support/strict-csp.ts";

test("answers on both sides under a strict policy", async ({ chat, gateway }) => {
  const host = await serveStrictly(gateway.baseUrl);
  const violations = await recordViolations(chat.page);
  await chat.open({ page: host.page });
  await chat.loadModel();
  for (const where of ["local", "cloud"] as const) {
    const answer = await chat.ask("Name a colour.", where);
    await expect(answer).toHaveAttribute("data-where", where);
    await expect(answer).toHaveAttribute("data-state", "done");
  }
  expect(await violations()).toEqual([]);
  host.close();
});
