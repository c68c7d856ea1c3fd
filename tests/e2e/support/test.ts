// What every test starts with: a page, the gateway behind it, and the promise that nothing panics.

import { test as base, expect } from "@playwright/test";
import { ChatPage } from "./chat-page.ts";
import { Gateway } from "./gateway.ts";

interface Fixtures {
  chat: ChatPage;
  gateway: Gateway;
}

export const test = base.extend<Fixtures>({
  chat: async ({ page }, use) => {
    const panics: string[] = [];
    page.on("pageerror", (error) => panics.push(error.message));
    page.on("console", (message) => {
      if (/panicked at/.test(message.text())) panics.push(message.text());
    });
    await use(new ChatPage(page));
    expect(panics, "panics and uncaught errors").toEqual([]);
  },
  gateway: async ({}, use) => {
    await use(new Gateway());
  },
});

export { expect };
