// The page as a person sees it: what can be done, and what can be read.

import { expect, type Locator, type Page } from "@playwright/test";
import { PRICE } from "./gateway.ts";

/** Where a turn is to be answered. */
export type Where = "auto" | "local" | "cloud";

/** How a page is opened. */
export interface Opening {
  /** Where it is served. */
  page?: string;
  /** Where the local model is to run. */
  device?: "webgpu" | "cpu";
  /** The address of the local model. */
  model?: string;
  /** Whether nothing was ever sent to the cloud that the page offers; else the user agreed to it before. */
  stranger?: boolean;
}

/** A rule of the settings, and what it can be. */
export type Subject = "text" | "camera" | "image" | "clip";
export type Rule = "Never" | "Ask me first" | "Allow";

/** What the receipt of an answer says. */
export interface Receipt {
  promptTokens: number;
  tokens: number;
  ms: number;
  nanoUsd: number;
  bytesSent: number;
}

/** What the demo cloud calls its model. */
const MODEL = "weir-demo";
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

  /**
   * Opens the page; it can be typed into, whatever the worker is doing. The local model is the one
   * of the catalog and runs on the device that is quicker, unless others are named.
   */
  async open({ page = process.env["WEIR_PAGE"]!, stranger = false, ...named }: Opening = {}): Promise<void> {
    if (!stranger) await this.page.addInitScript(agree, new URL(process.env["WEIR_CLOUD"]!).host);
    // A page of this machine loads its model at once unless it is told to wait for a click.
    const query = new URLSearchParams({ load: "click", ...named });
    await this.page.goto(new URL(`?${query}`, page).href);
    await expect(this.composer).toBeEditable();
  }

  /** Asks for the local model and waits until it can answer. */
  async loadModel(): Promise<void> {
    await this.page.getByTestId("model-load").click();
    await this.waitForReady();
  }

  /** Waits until the local model can answer. */
  async waitForReady(): Promise<void> {
    await expect(this.status).toHaveAttribute("data-state", /ready|failed/, { timeout: READY });
    await expect(this.status, await this.status.innerText()).toHaveAttribute("data-state", "ready");
  }

  /** What the card of the local model says. */
  get modelCard() { return this.page.locator(".model-card"); }
  /** The models that are kept in this browser. */
  get keptModels() { return this.page.getByTestId("kept-model"); }
  /** What a model that is looked at says about itself. */
  get modelReport() { return this.page.getByTestId("model-report"); }

  /** Asks for the local model and does not wait. */
  async askForModel(): Promise<void> {
    await this.page.getByTestId("model-load").click();
  }

  /** Stops the download; what is here stays. */
  async pauseDownload(): Promise<void> {
    await this.page.getByTestId("model-pause").click();
    await expect(this.modelCard).toContainText("Download paused");
  }

  /** Stops the download and deletes what is here. */
  async cancelDownload(): Promise<void> {
    await this.page.getByTestId("model-cancel").click();
  }

  /** Waits until so much of the model is here. */
  async downloaded(size: string): Promise<void> {
    await expect(this.modelCard).toContainText(`${size} of`);
  }

  /** Deletes the first model that is kept; what was asked before. */
  async deleteKept(): Promise<string> {
    await this.page.getByTestId("kept-delete").first().click();
    const dialog = this.page.getByRole("dialog", { name: "Delete this model?" });
    const question = await dialog.innerText();
    await dialog.getByTestId("kept-delete-confirm").click();
    await expect(dialog).toBeHidden();
    return question;
  }

  /** Opens the dialog for another local model. */
  async chooseModel(): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId("model-choose").click();
  }

  /** Looks at the model at an address. */
  async lookAt(address: string): Promise<void> {
    await this.chooseModel();
    await this.page.getByTestId("model-address").fill(address);
    await this.page.getByTestId("model-look").click();
  }

  /** Picks files of the device, as a file dialog would. */
  async pickFiles(...files: { name: string; buffer: Buffer }[]): Promise<void> {
    await this.chooseModel();
    const input = this.page.getByTestId("model-file");
    await input.setInputFiles(files.map((file) => ({ ...file, mimeType: "application/octet-stream" })));
  }

  /** Drops a file on the page. */
  async dropFile(name: string, content: Buffer): Promise<void> {
    const data = await this.page.evaluateHandle(
      ({ name, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([bytes], name));
        return transfer;
      },
      { name, base64: content.toString("base64") },
    );
    await this.page.dispatchEvent(".weir", "drop", { dataTransfer: data });
  }

  /** Takes the model that was looked at. */
  async takeModel({ keep }: { keep: boolean }): Promise<void> {
    const box = this.page.getByTestId("model-keep");
    if ((await box.isChecked()) !== keep) await this.page.getByText("Keep it in this browser").click();
    await this.page.getByTestId("model-take").click();
    await this.waitForReady();
  }

  /** Says where the local model should run, and waits until it does. */
  async runOn(device: "measure" | "webgpu" | "cpu"): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId(`device-${device}`).click();
    await this.waitForReady();
    await this.closeSettings();
  }

  /** Why the local model runs where it does. */
  get whyThere() { return this.page.getByTestId("device-chosen"); }

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

  /** What would be sent, while the user is asked about it. */
  get departure() { return this.page.getByRole("dialog", { name: /^Send this to / }); }

  /** Sends what is shown. */
  async approve(): Promise<void> {
    await this.page.getByTestId("departure-send").click();
    await expect(this.departure).toBeHidden();
  }

  /** Sends, approves what is shown, and waits for the whole answer. */
  async askAndApprove(text: string, where: Where = "auto"): Promise<Locator> {
    await this.send(text, where);
    await this.approve();
    const answer = this.answers.last();
    await this.finished(answer);
    return answer;
  }

  /** Says what may leave. */
  async setRule(subject: Subject, rule: Rule): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId(`rule-${subject}`).selectOption(rule);
    await this.closeSettings();
  }

  /** Chooses a picture of the device, looks at it and attaches it. */
  async attachPicture(name: string, mimeType: string, buffer: Buffer): Promise<void> {
    await this.page.getByTestId("attach-image-input").setInputFiles({ name, mimeType, buffer });
    await this.page.getByTestId("preview-accept").click();
    await expect(this.preview).toBeHidden();
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

  /** Forgets the dialogue and begins another. */
  async newDialogue(): Promise<void> {
    await this.page.getByTestId("new-dialogue").click();
    await this.page.getByTestId("new-dialogue-confirm").click();
    await expect(this.answers).toHaveCount(0);
  }

  /** Begins another dialogue unless this one is empty. */
  async newDialogueIfAny(): Promise<void> {
    if ((await this.answers.count()) > 0) await this.newDialogue();
  }

  /** What the page keeps under a name, as text. */
  async stored(name: string): Promise<string | null> {
    return await this.page.evaluate((name) => localStorage.getItem(`weir:v1:${name}`), name);
  }

  /** Limits this dialogue. */
  async setBudget(usd: string): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId("budget-usd").fill(usd);
    await this.closeSettings();
  }

  /** Sets one of the further limits. */
  async setLimit(field: string, text: string): Promise<void> {
    await this.openSettings();
    const input = this.page.getByTestId(field);
    if (!(await input.isVisible())) await this.page.getByTestId("more-limits").locator("summary").click();
    await input.fill(text);
    await this.closeSettings();
  }

  /** Nothing may leave the page. */
  async setPrivate(on = true): Promise<void> {
    await this.openSettings();
    const mode = this.page.getByTestId("private-mode");
    // The box itself lies under what is drawn of it.
    if ((await mode.isChecked()) !== on) await this.page.getByText("Nothing leaves this device.", { exact: true }).click();
    await expect(mode).toBeChecked({ checked: on });
    await this.closeSettings();
  }

  /** Names another address for the demo model, at the demo model's price wherever it is. */
  async useProvider(baseUrl: string, key = ""): Promise<void> {
    await this.openSettings();
    await this.page.getByTestId("provider-base-url").fill(baseUrl);
    await this.page.getByTestId("provider-model").fill(MODEL);
    await this.page.getByTestId("provider-key").fill(key);
    const input = this.page.getByTestId("provider-price-input");
    if (await input.isVisible()) {
      await input.fill(`${PRICE.input / 1e3}`);
      await this.page.getByTestId("provider-price-output").fill(`${PRICE.output / 1e3}`);
    }
    await this.page.getByTestId("provider-save").click();
    const { hostname } = new URL(baseUrl);
    await expect(this.page.getByTestId("provider-state")).toContainText(`${MODEL} at ${hostname}`);
    await this.closeSettings();
  }

  /** What the ledger has for this dialogue, in nano-USD. */
  async ledger(): Promise<{ spent: number; reserved: number }> {
    const words = await this.page.getByRole("meter", { name: "This dialogue" }).getAttribute("aria-valuetext");
    const [, spent, reserved = "0"] = /^This dialogue: \$([\d.]+) spent(?:, \$([\d.]+) set aside)? of \$/.exec(words ?? "") ?? [];
    expect(spent, `the ledger says ${words}`).toBeDefined();
    const nanos = (dollars: string) => Math.round(Number(dollars) * 1e9);
    return { spent: nanos(spent!), reserved: nanos(reserved) };
  }

  /** Takes a picture or a clip, looks at it and attaches it. */
  async capture(device: "camera" | "microphone"): Promise<void> {
    await this.page.getByTestId(`attach-${device}`).click();
    if (device === "microphone") await expect(this.preview).toContainText(/Recording, (0\.[1-9]|[1-9])/);
    await this.page.getByTestId("preview-take").click();
    await this.page.getByTestId("preview-accept").click();
  }

  /** Shows the settings, which stand beside the dialogue where there is room. */
  async openSettings(): Promise<void> {
    const opener = this.page.getByTestId("settings");
    if (await opener.isVisible()) await opener.click();
    await expect(this.page.getByTestId("budget-usd")).toBeVisible();
  }

  async closeSettings(): Promise<void> {
    const closer = this.page.getByTestId("settings-close");
    if (await closer.isVisible()) await closer.click();
  }
}

/** The user agreed to this host, the last time that they were here. */
function agree(host: string): void {
  const settings = "weir:v1:settings";
  if (localStorage.getItem(settings) === null) localStorage.setItem(settings, JSON.stringify({ consents: [host] }));
}
