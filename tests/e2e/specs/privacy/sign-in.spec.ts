// A key from OpenRouter by signing in there, for which the demo cloud stands in.

import type { BrowserContext } from "@playwright/test";
import type { ChatPage } from "../../support/chat-page.ts";
import { holds, placesOf } from "../../support/key-search.ts";
import { expect, test } from "../../support/test.ts";

interface Asked {
  url: string;
  body: string | null;
  bearer: string | undefined;
}

/** Has the demo cloud answer for openrouter.ai; what was asked there. */
async function standIn(context: BrowserContext, cloud: string): Promise<Asked[]> {
  const asked: Asked[] = [];
  await context.route("https://openrouter.ai/**", async (route) => {
    const request = route.request();
    const { pathname, search } = new URL(request.url());
    asked.push({ url: request.url(), body: request.postData(), bearer: request.headers()["authorization"] });
    const there = new URL(pathname.replace(/^\/api(?=\/v1\/chat)/, "") + search, cloud);
    await route.fulfill({ response: await route.fetch({ url: there.href, maxRedirects: 0 }) });
  });
  return asked;
}

/** Fills in the form, up to the button that leaves the page. */
async function choose(chat: ChatPage): Promise<void> {
  await chat.openSettings();
  await chat.page.getByTestId("provider-base-url").fill("https://openrouter.ai/api/v1");
  await chat.page.getByTestId("provider-model").fill("weir-demo");
  await chat.page.getByTestId("provider-price-input").fill("0.15");
  await chat.page.getByTestId("provider-price-output").fill("0.60");
}

test("signing in gives a key that is used and shown to nobody", async ({ chat, context, gateway }) => {
  const asked = await standIn(context, gateway.baseUrl);
  await chat.open();
  const address = new URL(chat.page.url());
  await choose(chat);
  await chat.page.getByTestId("sign-in").click();
  const state = chat.page.getByTestId("provider-state");
  await expect(state).toContainText("In use: weir-demo at openrouter.ai");
  expect(chat.page.url()).toBe(address.origin + address.pathname);

  const [approve, redeem] = asked;
  const challenge = new URL(approve!.url).searchParams;
  expect(challenge.get("callback_url")).toBe(address.origin + address.pathname);
  expect(challenge.get("code_challenge_method")).toBe("S256");
  const body = JSON.parse(redeem!.body!) as Record<string, string>;
  expect(Object.keys(body).sort()).toEqual(["code", "code_challenge_method", "code_verifier"]);
  expect(body["code_verifier"]).toMatch(/^[\w.~-]{43,128}$/);
  expect(await placesOf(body["code_verifier"]!, chat.page)).toEqual([]);
  expect(await placesOf(body["code"]!, chat.page)).toEqual([]);

  const answer = await chat.ask("Say hello.", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
  const key = asked.at(-1)!.bearer!.replace("Bearer ", "");
  expect(key).toMatch(/^sk-or-demo-/);
  expect(await placesOf(key, chat.page)).toEqual([]);
  expect(asked.filter(({ url }) => holds(url, key))).toEqual([]);

  await chat.page.reload();
  await expect(state).toContainText("waits for its key");
});

test("a code that nobody waits for is not redeemed", async ({ chat, context, gateway }) => {
  const asked = await standIn(context, gateway.baseUrl);
  await chat.page.goto(`${process.env["WEIR_PAGE"]!}?load=click&code=somebody-elses`);
  await expect(chat.page.getByText("A sign-in that was not begun in this tab was ignored")).toBeVisible();
  expect(chat.page.url()).not.toContain("code=");
  expect(asked).toEqual([]);
});

test("a code that is slipped in while a sign-in is under way gives no key", async ({ chat, context, gateway }) => {
  const asked = await standIn(context, gateway.baseUrl);
  await chat.open();
  await choose(chat);
  // The user does not come back from there.
  await context.route("https://openrouter.ai/auth**", (route) => route.fulfill({ status: 204 }));
  await chat.page.getByTestId("sign-in").click();
  const verifier = () => chat.page.evaluate(() => sessionStorage.getItem("weir:v1:sign-in"));
  await expect.poll(verifier).not.toBeNull();
  await chat.page.goto(`${process.env["WEIR_PAGE"]!}?load=click&code=demo-code-1`);
  await expect(chat.page.getByText("OpenRouter gave no key")).toBeVisible();
  await expect(chat.page.getByTestId("provider-state")).toContainText("waits for its key");
  expect(asked).toHaveLength(1);
  expect(await verifier()).toBeNull();
});

test("private mode does not leave the page for signing in", async ({ chat }) => {
  await chat.open();
  await choose(chat);
  await expect(chat.page.getByTestId("sign-in")).toBeVisible();
  await chat.setPrivate();
  await expect(chat.page.getByTestId("sign-in")).toBeHidden();
});
