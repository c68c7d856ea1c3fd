// The page as a person sees it: what can be done, and what can be read.

import { expect, type Locator, type Page } from "@playwright/test";

/** Where a turn is to be answered. */
export type Where = "auto" | "local" | "cloud";

/** What the receipt of an answer says. */
export interface Receipt {
  promptTokens: number;
  tokens: number;
  ms: number;
  nanoUsd: number;
  bytesSent: number;
}

/** Long enough to fetch, verify and load the model on two busy cores. */
const READY = 240_000;
/** Long enough for a short answer from a software GPU. */
const ANSWER = 240_000;

export class ChatPage {
  constructor(readonly page: Page) {}

  get composer() { return this.page.getByTestId("composer"); }
  get sendButton() { return this.page.getByTestId("send"); }
  get stopButton() { return this.page.getByTestId("stop"); }
  get status() { return this.page.getByTestId("status"); }
  get device() { return this.page.getByTestId("device"); }
  get questions() { return this.page.getByTestId("question"); }
  get answers() { return this.page.getByTestId("answer"); }
  get error() { return this.page.getByTestId("error"); }
  get preview() { return this.page.getByTestId("preview"); }
  get attachments() { return this.page.getByTestId("attachment"); }

  /** Opens the page; it can be typed into, whatever the worker is doing. */
  async open(): Promise<void> {
    await this.page.goto(process.env["WEIR_PAGE"]!);
    await expect(this.composer).toBeEditable();
  }

  /** Waits until the local model can answer. */
  async waitForReady(): Promise<void> {
    await expect(this.status).toHaveAttribute("data-state", /ready|failed/, { timeout: READY });
    await expect(this.status, await this.status.innerText()).toHaveAttribute("data-state", "ready");
  }

  /** Where the local model runs. */
  async deviceKind(): Promise<string | null> {
    return await this.device.getAttribute("data-device");
  }

  /** Types and sends, and does not wait. */
  async send(text: string, where: Where = "auto"): Promise<void> {
    await this.page.getByTestId("where").selectOption(where);
    await this.composer.fill(text);
    await this.sendButton.click();
  }

  /** Sends, and waits for the whole answer. */
  async ask(text: string, where: Where = "auto"): Promise<Locator> {
    const before = await this.answers.count();
    await this.send(text, where);
    await expect(this.answers).toHaveCount(before + 1);
    const answer = this.answers.last();
    await this.finished(answer);
    return answer;
  }

  /** Waits until nothing is added to an answer any more. */
  async finished(answer: Locator): Promise<void> {
    await expect(answer).toHaveAttribute("data-state", /done|stopped|failed/, { timeout: ANSWER });
  }

  /** What an answer cost and sent. */
  async receipt(answer: Locator): Promise<Receipt> {
    const receipt = answer.getByTestId("receipt");
    const number = async (name: string) => {
      const value = await receipt.getAttribute(`data-${name}`);
      expect(value, `the receipt's ${name}`).toMatch(/^\d+(\.\d+)?$/);
      return Number(value);
    };
    return {
      promptTokens: await number("prompt-tokens"),
      tokens: await number("tokens"),
      ms: await number("ms"),
      nanoUsd: await number("nano-usd"),
      bytesSent: await number("bytes-sent"),
    };
  }

  /** Limits this dialogue. */
  async setBudget(usd: string, seconds?: string): Promise<void> {
    await this.inSettings("budget-usd", usd);
    if (seconds !== undefined) await this.inSettings("budget-seconds", seconds);
    await this.closeSettings();
  }

  /** Names another cloud. */
  async useProvider(baseUrl: string): Promise<void> {
    await this.inSettings("provider-base-url", baseUrl);
    await this.closeSettings();
  }

  /** Nothing may leave the page. */
  async setPrivate(): Promise<void> {
    const control = this.page.getByTestId("private-mode");
    if (!(await control.isVisible())) await this.page.getByTestId("settings").click();
    await control.check();
    await this.closeSettings();
  }

  /** Fills a field that may be behind the settings. */
  private async inSettings(field: string, value: string): Promise<void> {
    const input = this.page.getByTestId(field);
    if (!(await input.isVisible())) await this.page.getByTestId("settings").click();
    await input.fill(value);
    await input.press("Tab");
  }

  private async closeSettings(): Promise<void> {
    await this.page.keyboard.press("Escape");
    await expect(this.composer).toBeEditable();
  }
}
