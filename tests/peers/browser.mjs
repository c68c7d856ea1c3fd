// One page in a headless Chromium, with a profile that lasts as long as the benchmark: what an engine
// stored there is there again the next time.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { watched } from "./memory.mjs";

/** @typedef {Answer & { loadMs: number, peak: number | null }} Visit */

/** Nothing runs beside the page; the sandbox refuses to start for root, as in most containers. */
const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];
/** Long enough for the slowest engine on a busy machine. */
const PATIENCE_MS = 300_000;

/** A page that offers `window.engine`, in a browser of its own. */
export class Contestant {
  #profile = mkdtempSync(join(tmpdir(), "weir-bench-"));

  /**
   * @param {string} program The browser's.
   * @param {string} address The page's.
   * @param {string} file What the page is told to load.
   * @param {string} [script] Runs before the page's own.
   */
  constructor(program, address, file, script) {
    this.program = program;
    this.address = address;
    this.file = file;
    this.script = script;
  }

  /**
   * Opens the page in a new browser, loads the model, asks one question, and closes it all.
   * @param {Question} question
   * @param {number} tokens
   * @returns {Promise<Visit>}
   */
  async visit(question, tokens) {
    const context = await chromium.launchPersistentContext(this.#profile, {
      executablePath: this.program,
      args: FLAGS,
    });
    try {
      const page = context.pages()[0] ?? (await context.newPage());
      page.setDefaultTimeout(PATIENCE_MS);
      if (this.script !== undefined) await page.addInitScript({ path: this.script });
      const broken = new Promise((_, reject) => page.on("pageerror", reject));
      await page.goto(this.address);
      const work = async () => {
        await page.waitForFunction(() => window.engine !== undefined);
        const loadMs = await page.evaluate((file) => window.engine.load(file), this.file);
        const answering = () =>
          page.evaluate(([question, tokens]) => window.engine.answer(question, tokens), /** @type {const} */ ([question, tokens]));
        const { value, peak } = await watched(answering);
        return { ...value, loadMs, peak };
      };
      return await Promise.race([work(), broken]);
    } finally {
      await context.close();
    }
  }

  forget() {
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/**
 * What WebGPU's adapter is called in this browser, or null if it offers none.
 * @param {string} program The browser's.
 * @param {string} address Of any page that may ask for one.
 * @returns {Promise<string | null>}
 */
export async function adapter(program, address) {
  const browser = await chromium.launch({ executablePath: program, args: [...FLAGS, "--enable-unsafe-webgpu"] });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    return await page.evaluate(async () => {
      const { gpu } = /** @type {any} */ (navigator);
      const info = (await gpu?.requestAdapter())?.info;
      return info ? [info.vendor, info.architecture, info.description].filter(Boolean).join(" ") : null;
    });
  } finally {
    await browser.close();
  }
}
