// A provider's key: it goes to the provider, and nowhere else.

import { ChatPage } from "../../support/chat-page.ts";
import { eavesdrop, holds, placesOf } from "../../support/key-search.ts";
import { expect, test } from "../../support/test.ts";

const KEY = "sk-test-Zq81vPn4XwYtRb60LmKc";

/** The keys that calls of the page carry. */
function bearers(chat: ChatPage): string[] {
  const seen: string[] = [];
  chat.page.on("request", (request) => {
    const bearer = request.headers()["authorization"];
    if (bearer !== undefined) seen.push(bearer);
  });
  return seen;
}

test("a key that was typed is in no place but the provider's request", async ({ chat, gateway }) => {
  const { said, heard } = await eavesdrop(chat.page);
  const sent = bearers(chat);
  await chat.open();
  await chat.useProvider(gateway.baseUrl, KEY);
  const answer = await chat.ask("Say hello.", "cloud");
  await expect(answer).toHaveAttribute("data-state", "done");
  expect(sent).toEqual([`Bearer ${KEY}`]);
  await expect(chat.page.getByTestId("provider-key")).toHaveValue("");
  expect(await placesOf(KEY, chat.page)).toEqual([]);

  // Also where a provider is careless with it.
  for (const fault of ["echoed-key", "echoed-key-event", "echoed-key-field"]) {
    await chat.useProvider(gateway.failing(fault), KEY);
    const failed = await chat.ask("Say hello.", "cloud");
    await expect(failed).toHaveAttribute("data-state", "failed");
    expect(await placesOf(KEY, chat.page), fault).toEqual([]);
  }

  expect(heard.filter((text) => holds(text, KEY))).toEqual([]);
  const messages = await said();
  expect(messages.length).toBeGreaterThan(10);
  expect(messages.filter(({ rest }) => holds(rest, KEY))).toEqual([]);
  expect(new Set(messages.map(({ key }) => key))).toEqual(new Set([undefined, KEY]));
});

test("the search for a key finds it wherever it is", async ({ chat }) => {
  await chat.open();
  await chat.page.evaluate((key) => {
    localStorage.setItem("x", key);
    sessionStorage.setItem("x", key.slice(3, 15));
    document.body.title = key;
    document.cookie = `x=${key}`;
    history.replaceState(null, "", `?x=${key}`);
  }, KEY);
  await chat.composer.fill(KEY);
  const places = await placesOf(KEY, chat.page);
  expect(places.sort()).toEqual(["address", "cookies", "document", "fields", "localStorage", "sessionStorage"]);
});

test("a key is kept for the tab only if that is wished, and for its provider alone", async ({ chat, gateway, context }) => {
  const state = chat.page.getByTestId("provider-state");
  await chat.open();
  await chat.useProvider(gateway.baseUrl, KEY);
  await chat.page.reload();
  await chat.openSettings();
  await expect(state).toContainText("waits for its key");

  await chat.page.getByText("Keep the key until this tab is closed").click();
  await chat.useProvider(gateway.baseUrl, KEY);
  expect(await placesOf(KEY, chat.page)).toEqual(["sessionStorage"]);
  const sent = bearers(chat);
  await chat.page.reload();
  await expect(state).toContainText("In use");
  await chat.ask("Say hello.", "cloud");
  expect(sent).toEqual([`Bearer ${KEY}`]);

  // Another tab does not have it, and names another provider for both.
  const other = await context.newPage();
  await other.goto(chat.page.url());
  await expect(other.getByTestId("provider-state")).toContainText("waits for its key");
  await other.close();
  await chat.page.evaluate((elsewhere) => {
    const name = "weir:v1:settings";
    const settings = JSON.parse(localStorage.getItem(name)!) as { cloud: { own: { provider: { base_url: string } } } };
    settings.cloud.own.provider.base_url = elsewhere;
    localStorage.setItem(name, JSON.stringify(settings));
  }, gateway.failing("unauthorized"));
  await chat.page.reload();
  await expect(state).toContainText("waits for its key");
});

test("a kept key is forgotten on request, and with its provider", async ({ chat, gateway }) => {
  await chat.open();
  await chat.page.getByText("Keep the key until this tab is closed").click();
  for (const button of ["key-forget", "provider-off", "provider-offered"]) {
    await chat.useProvider(gateway.baseUrl, KEY);
    expect(await placesOf(KEY, chat.page)).toEqual(["sessionStorage"]);
    await chat.page.getByTestId(button).click();
    await expect(chat.page.getByTestId("key-forget")).toBeHidden();
    expect(await placesOf(KEY, chat.page), button).toEqual([]);
  }
});

test("a key does not follow to a provider that another tab names", async ({ chat, context, gateway }) => {
  const sent = bearers(chat);
  await chat.open();
  await chat.useProvider(gateway.baseUrl, KEY);
  await expect(await chat.ask("Say hello.", "cloud")).toHaveAttribute("data-state", "done");
  expect(sent).toEqual([`Bearer ${KEY}`]);

  const other = new ChatPage(await context.newPage());
  await other.open();
  await other.useProvider(gateway.baseUrl.replace("127.0.0.1", "localhost"));
  await expect(chat.page.getByTestId("provider-state")).toContainText("at localhost");
  await chat.ask("Say hello again.", "cloud");
  expect(sent).toEqual([`Bearer ${KEY}`]);
});
