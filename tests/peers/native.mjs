// llama.cpp beside the browsers: `native.py` in a process of its own, asleep while the others run.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class NativeContestant {
  #process;
  #lines;

  /** @param {string} python @param {string} model The path of its file. */
  constructor(python, model) {
    const here = import.meta.dirname;
    this.#process = spawn(python, [join(here, "native.py"), model, join(here, "prompts.json")], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    /** @type {Promise<string>} */
    this.version = this.#next().then(({ version }) => version);
  }

  /** Its figures for one answer. @param {string} question @param {number} tokens */
  async ask(question, tokens) {
    return await this.#say({ question, tokens });
  }

  /** The tokens of the whole prompt. @param {string} question @returns {Promise<number[]>} */
  async ids(question) {
    return (await this.#say({ question })).ids;
  }

  /** @param {object} message */
  async #say(message) {
    await this.version;
    this.#process.stdin.write(`${JSON.stringify(message)}\n`);
    return await this.#next();
  }

  close() {
    this.#process.stdin.end();
  }

  /** The next line that is ours: llama.cpp may print some of its own. @returns {Promise<any>} */
  async #next() {
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done) throw new Error("native.py has ended; call it by hand to see why");
      if (value.startsWith("{")) return JSON.parse(value);
    }
  }
}
