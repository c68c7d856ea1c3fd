// `cargo xtask run --check`: one turn on each side, and what they took.

import { writeFileSync } from "node:fs";
import { expect, test } from "../../support/test.ts";

const NANO = 1e9;

test("one turn is answered here and one in the cloud", async ({ chat }) => {
  await chat.open();
  await chat.loadModel();
  const ask = async (where: "local" | "cloud") => {
    const answer = await chat.ask("Name a colour.", where);
    await expect(answer).toHaveAttribute("data-where", where);
    await expect(answer).toHaveAttribute("data-state", "done");
    const receipt = await chat.receipt(answer);
    expect(receipt.tokens).toBeGreaterThan(0);
    return receipt;
  };
  const [local, cloud] = [await ask("local"), await ask("cloud")];
  const result = {
    local: { tokens: local.tokens, ms: local.ms },
    cloud: { tokens: cloud.tokens, usd: cloud.nanoUsd / NANO },
    device: await chat.deviceKind(),
  };
  writeFileSync(process.env["WEIR_CHECK_RESULT"]!, `${JSON.stringify(result)}\n`);
});
