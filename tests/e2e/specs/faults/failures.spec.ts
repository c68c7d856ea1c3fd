// A cloud that fails: the right words, the right charge, the dialogue kept, and the next turn works.

import { ChatPage } from "../../support/chat-page.ts";
import { recordCalls, worstCase } from "../../support/calls.ts";
import { expect, test } from "../../support/test.ts";
import type { Gateway } from "../../support/gateway.ts";

/** How a fault looks to the user. */
interface Failure {
  /** What the gateway calls it, or where such a cloud is. */
  fault: string | ((gateway: Gateway) => string | Promise<string>);
  /** The kind of the error card. */
  kind: string;
  /** What its message says. */
  words: RegExp;
  /** Whether the provider may have run the call: then its worst case counts. */
  charged: "nothing" | "worst";
  /** How often it is called, where it is called again by itself. */
  tries?: number;
  /** Whether a part of the answer arrived, which is kept. */
  partly?: true;
}

const QUICK: Record<string, Failure> = {
  "401": {
    fault: "unauthorized", kind: "cloud_key", charged: "nothing",
    words: /refused the key; check that it is right.*“Incorrect API key provided\.”/,
  },
  "402": {
    fault: "payment", kind: "cloud_payment", charged: "nothing",
    words: /wants to be paid first; check the account’?'?s credit.*“Insufficient credits\.”/,
  },
  "403": {
    fault: "forbidden", kind: "cloud_key", charged: "nothing",
    words: /refused the key; check .* may use this model: “This key may not use this model\.”/,
  },
  "404": {
    fault: "not-found", kind: "cloud_not_found", charged: "nothing",
    words: /does not know this address or model; check the base URL.*“The model does not exist\.”/,
  },
  "408": {
    fault: "timeout", kind: "cloud_slow", charged: "worst",
    words: /gave up waiting; try again: “The model took too long to answer\.”/,
  },
  "413": {
    fault: "too-large", kind: "prompt_too_long", charged: "nothing",
    words: /too large for the model; shorten it.*“The request is too large\.”/,
  },
  "429, to be asked again after seconds": {
    fault: "rate-limited", kind: "cloud_rate_limited", charged: "nothing", tries: 3,
    words: /limits how often it is called; try again in 1 s.* It was tried 3 times\./,
  },
  "429, to be asked again at a time": {
    fault: "rate-limited-date", kind: "cloud_rate_limited", charged: "nothing", tries: 3,
    words: /try again after \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT.* It was tried 3 times\./,
  },
  "500": {
    fault: "server-error", kind: "cloud_failing", charged: "worst",
    words: /overloaded or broken \(500\); try again in a while: “The server had an error\.”/,
  },
  "502": {
    fault: "bad-gateway", kind: "cloud_failing", charged: "worst",
    words: /overloaded or broken \(502\); try again/,
  },
  "503": {
    fault: "unavailable", kind: "cloud_failing", charged: "worst",
    words: /overloaded or broken \(503\); try again.*“The model is loading\.”/,
  },
  "529": {
    fault: "overloaded", kind: "cloud_failing", charged: "worst",
    words: /overloaded or broken \(529\); try again.*“Overloaded\.”/,
  },
  "a redirect": {
    fault: "redirect", kind: "cloud_foreign", charged: "worst",
    words: /sends calls on to another address, which is not followed; check the base URL/,
  },
  "a web page": {
    fault: "html", kind: "cloud_foreign", charged: "worst",
    words: /answered with a web page.*check the base URL, or log in to this network/,
  },
  "a line of ten megabytes": {
    fault: "long-line", kind: "cloud_foreign", charged: "worst",
    words: /cannot be understood.*longer than 1048576 bytes/,
  },
  "garbage in the stream": {
    fault: "garbage", kind: "cloud_foreign", charged: "worst", partly: true,
    words: /cannot be understood; check that it speaks the format.*not JSON/,
  },
  "a cut connection": {
    fault: "cut", kind: "cloud_cut_off", charged: "worst", partly: true,
    words: /was cut off; what arrived is kept, and you can ask again/,
  },
  "a connection cut inside a letter": {
    fault: "cut-utf8", kind: "cloud_cut_off", charged: "worst", partly: true,
    words: /was cut off; what arrived is kept, and you can ask again/,
  },
  // A browser does not tell these apart from a connection that broke after the call had arrived.
  "a refused connection": {
    fault: (gateway) => gateway.unreachable(), kind: "cloud_unreachable", charged: "worst",
    words: /no answer came from 127\.0\.0\.1; it may be down, or its address or certificate wrong/i,
  },
  "a name that does not exist": {
    fault: () => "https://cloud.invalid/v1", kind: "cloud_unreachable", charged: "worst",
    words: /no answer came from cloud\.invalid; it may be down, or its address/i,
  },
  "no TLS": {
    fault: (gateway) => gateway.unencrypted(), kind: "cloud_unreachable", charged: "worst",
    words: /no answer came from 127\.0\.0\.1; .* certificate wrong: try again/i,
  },
  "no CORS": {
    fault: "no-cors", kind: "cloud_blocked", charged: "worst",
    words: /can be reached, but does not let web pages read its answers \(CORS\); allow this page/,
  },
};

/** Takes as long as the page is patient: the silence is real. */
const SLOW: Record<string, Failure> = {
  "slow headers": {
    fault: "slow-headers", kind: "cloud_slow", charged: "worst",
    words: /did not answer within 90 s; try again, or answer on this device/,
  },
  "silence behind the headers": {
    fault: "silent", kind: "cloud_slow", charged: "worst",
    words: /took the request and said nothing for 90 s; try again/,
  },
  "a stall in the stream": {
    fault: "stall", kind: "cloud_cut_off", charged: "worst", partly: true,
    words: /the answer stopped for 45 s; what arrived is kept/i,
  },
};

async function failsAsToldAndGoesOn(chat: ChatPage, gateway: Gateway, failure: Failure): Promise<void> {
  const calls = recordCalls(chat.page);
  await chat.open();
  const { fault } = failure;
  await chat.useProvider(typeof fault === "string" ? gateway.failing(fault) : await fault(gateway));
  await chat.ask("Name a colour.", "cloud");

  const failed = chat.answers.first();
  await expect(failed).toHaveAttribute("data-state", "failed");
  const error = failed.getByTestId("error");
  await expect(error).toHaveAttribute("data-kind", failure.kind);
  await expect(error).toContainText(failure.words);
  const text = failed.locator(".answer-text");
  await expect(text).toHaveCount(failure.partly ? 1 : 0);
  const arrived = failure.partly ? await text.innerText() : "";
  expect(arrived).toMatch(failure.partly ? /^[^\uFFFD]+$/ : /^$/);

  expect(calls).toHaveLength(failure.tries ?? 1);
  const charge = failure.charged === "worst" ? worstCase(calls[0]!) : 0;
  expect(await chat.ledger()).toEqual({ spent: charge, reserved: 0 });
  if (failure.partly) expect((await chat.receipt(failed)).nanoUsd).toBe(charge);

  await chat.useProvider(gateway.baseUrl);
  const next = await chat.ask("Say hello.", "cloud");
  await expect(next).toHaveAttribute("data-state", "done");
  await expect(chat.questions).toContainText(["Name a colour.", "Say hello."]);
  if (failure.partly) await expect(text).toHaveText(arrived);
  const { nanoUsd } = await chat.receipt(next);
  expect(await chat.ledger()).toEqual({ spent: charge + nanoUsd, reserved: 0 });
}

for (const [name, failure] of Object.entries(QUICK)) {
  test(`the cloud fails: ${name}`, async ({ chat, gateway }) => {
    await failsAsToldAndGoesOn(chat, gateway, failure);
  });
}

test("a redirect is not followed", async ({ chat, gateway }) => {
  await chat.open();
  await chat.useProvider(gateway.failing("redirect"));
  const before = await gateway.stats();
  await chat.ask("Name a colour.", "cloud");
  expect((await gateway.stats()).requests).toBe(before.requests + 1);
});

test(`the cloud falls silent: ${Object.keys(SLOW).join(", ")}`, async ({ browser, gateway }) => {
  await Promise.all(
    Object.values(SLOW).map(async (failure) => {
      const context = await browser.newContext();
      await failsAsToldAndGoesOn(new ChatPage(await context.newPage()), gateway, failure);
      await context.close();
    }),
  );
});
