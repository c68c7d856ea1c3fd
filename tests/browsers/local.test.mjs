// The same question, answered on the processor in three browsers, from the kernels that each has the
// instructions for: the same kernels, the same answer.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { browsers, given } from "./browsers.mjs";
import { display } from "./display.mjs";
import { Session } from "./webdriver.mjs";

/** A fact and not a matter of taste. */
const QUESTION = "What is the capital of France?";

describe("a local answer", () => {
  /** @type {Awaited<ReturnType<typeof display>>} */
  let screen;
  /** @type {Map<string, Awaited<ReturnType<typeof answered>>>} */
  const answers = new Map();

  before(async () => {
    screen = await display();
  });
  after(() => screen.close());

  for (const { name, simd, how } of browsers()) {
    test(`is given in ${name}`, async () => {
      const session = await Session.open({ ...how, env: { DISPLAY: screen.name } });
      try {
        answers.set(name, await answered(session));
      } finally {
        await session.close();
      }
      const answer = answers.get(name);
      assert.equal(answer?.state, "done");
      assert.equal(answer?.device, "cpu");
      assert.ok(answer?.tokens > 0 && answer?.text.length > 0, "an answer of nothing");
    });

    test(`comes from ${simd} SIMD in ${name}`, () => {
      assert.match(answers.get(name)?.details ?? "", new RegExp(`${simd} SIMD`));
    });
  }

  // Relaxed SIMD multiplies bytes, plain SIMD words: only the same kernels give the same answer.
  test("is the same wherever the same kernels run", () => {
    assert.equal(answers.size, browsers().length, "not every browser has answered");
    for (const simd of ["relaxed", "plain"]) {
      const same = [...answers.values()].filter(({ details }) => details.includes(`${simd} SIMD`));
      for (const { text } of same) assert.equal(text, same[0]?.text);
    }
  });
});

/** Loads the model on the processor, asks, and reads what the page says. @param {Session} session */
async function answered(session) {
  const page = new URL(given("WEIR_PAGE"));
  page.search = new URLSearchParams({ load: "click", device: "cpu" }).toString();
  await session.go(page.href);
  await session.click('[data-testid="model-load"]');
  const state = await session.when(() => {
    /** @type {HTMLElement | null} */
    const status = document.querySelector('[data-testid="status"]');
    const reached = status?.dataset["state"];
    return reached === "ready" || reached === "failed" ? `${reached}: ${status?.innerText}` : null;
  });
  assert.match(state, /^ready/);
  await session.click('[data-testid="where"] option[value="local"]');
  await session.type('[data-testid="composer"]', QUESTION);
  await session.click('[data-testid="send"]');
  await session.when(() => document.querySelector('[data-testid="answer"]:is([data-state="done"], [data-state="failed"])'));
  return await session.run(() => {
    /** @param {string} name @returns {HTMLElement | null} */
    const part = (name) => document.querySelector(`[data-testid="${name}"]`);
    const details = [...document.querySelectorAll("dt")].find((term) => term.textContent === "Details");
    return {
      state: part("answer")?.dataset["state"],
      device: part("device")?.dataset["device"],
      tokens: Number(part("receipt")?.dataset["tokens"]),
      text: document.querySelector(".answer-text")?.textContent ?? "",
      details: details?.nextElementSibling?.textContent ?? "",
    };
  });
}
