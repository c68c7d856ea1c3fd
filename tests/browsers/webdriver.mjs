// WebDriver as its specification has it (https://www.w3.org/TR/webdriver2/), and no more of it than the
// tests need: each call is one HTTP request to the driver of a browser.

import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { once } from "node:events";

/** What the specification calls a reference to an element. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
/** How long a page may take for what it is asked to wait for. */
const PATIENCE_MS = 300_000;
/** How long a driver may take until it listens, and how often it is asked. */
const START_MS = 30_000;
const ASK_AGAIN_MS = 50;

/** A browser under control. It and its driver are ended with `close`. */
export class Session {
  /**
   * @param {import("node:child_process").ChildProcess} driver
   * @param {string} address The session's.
   */
  constructor(driver, address) {
    this.driver = driver;
    this.address = address;
  }

  /**
   * Starts a driver and has it start a browser.
   * @param {{ program: string, options: (port: number) => string[], env?: NodeJS.ProcessEnv, capabilities: object }} how
   */
  static async open({ program, options, env, capabilities }) {
    const port = await freePort();
    const driver = spawn(program, options(port), { stdio: "ignore", env: { ...process.env, ...env } });
    const address = `http://127.0.0.1:${port}`;
    try {
      await Promise.race([listening(address), ended(driver, program)]);
      const alwaysMatch = { ...capabilities, timeouts: { script: PATIENCE_MS, pageLoad: PATIENCE_MS, implicit: START_MS } };
      const { sessionId } = await call("POST", `${address}/session`, { capabilities: { alwaysMatch } });
      return new Session(driver, `${address}/session/${sessionId}`);
    } catch (error) {
      driver.kill();
      throw error;
    }
  }

  /** @param {string} url */
  async go(url) {
    await this.#post("url", { url });
  }

  /** @param {string} selector Of CSS. */
  async click(selector) {
    await this.#post(`element/${await this.#find(selector)}/click`, {});
  }

  /** @param {string} selector Of CSS. @param {string} text */
  async type(selector, text) {
    await this.#post(`element/${await this.#find(selector)}/value`, { text });
  }

  /**
   * Calls a function in the page.
   * @template T
   * @template {unknown[]} A
   * @param {(...given: A) => T} work It sees nothing but what it is given.
   * @param {A} given
   * @returns {Promise<T>}
   */
  async run(work, ...given) {
    return await this.#post("execute/sync", { script: `return (${work})(...arguments)`, args: given });
  }

  /**
   * Waits until a function in the page answers something that is true, and answers that; it is asked
   * whenever the page has changed.
   * @template T
   * @template {unknown[]} A
   * @param {(...given: A) => T} work
   * @param {A} given
   * @returns {Promise<NonNullable<T>>}
   */
  async when(work, ...given) {
    const script = `
      const done = arguments[arguments.length - 1];
      const given = [...arguments].slice(0, -1);
      const observer = new MutationObserver(look);
      function look() {
        const found = (${work})(...given);
        if (!found) return;
        observer.disconnect();
        done(found);
      }
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      look();`;
    return await this.#post("execute/async", { script, args: given });
  }

  async close() {
    try {
      await call("DELETE", this.address);
    } finally {
      this.driver.kill();
    }
  }

  /** @param {string} selector */
  async #find(selector) {
    const element = await this.#post("element", { using: "css selector", value: selector });
    return element[ELEMENT];
  }

  /** @param {string} path @param {object} body @returns {Promise<any>} */
  async #post(path, body) {
    return await call("POST", `${this.address}/${path}`, body);
  }
}

/** @param {string} method @param {string} url @param {object} [body] @returns {Promise<any>} */
async function call(method, url, body) {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const { value } = /** @type {{ value: any }} */ (await response.json());
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

/** @param {string} address */
async function listening(address) {
  const until = Date.now() + START_MS;
  for (;;) {
    try {
      if ((await call("GET", `${address}/status`)).ready) return;
    } catch (error) {
      // Refused until it listens.
      if (Date.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

/** @param {import("node:child_process").ChildProcess} driver @param {string} program */
async function ended(driver, program) {
  const [code] = await once(driver, "exit");
  throw new Error(`${program} ended with ${code} before it could start a browser`);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}
