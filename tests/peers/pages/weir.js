// Weir's own page, driven as a person would drive it. This script runs before the page's: it listens
// in on what page and worker say to each other, so that times are those of the messages themselves.

/** @typedef {{ at: number, type: string, [field: string]: any }} Heard */

(() => {
  /** @type {Heard[]} */
  const heard = [];
  /** @type {((message: Heard) => void)[]} */
  let listeners = [];

  /** @param {Heard} message */
  const hear = (message) => {
    heard.push(message);
    for (const listener of [...listeners]) listener(message);
  };

  /**
   * A variant by its name, with its fields if it has any.
   * @param {string | Record<string, object>} variant
   * @returns {{ type: string, [field: string]: any }}
   */
  const named = (variant) => {
    if (typeof variant === "string") return { type: variant };
    const [[type, fields] = ["", {}]] = Object.entries(variant);
    return { ...fields, type };
  };

  /** What a message says of the local model. @param {Heard} message */
  const model = ({ type, state }) => (type === "model" ? named(state) : undefined);

  window.Worker = class extends Worker {
    /** @param {string | URL} url @param {WorkerOptions} [options] */
    constructor(url, options) {
      hear({ at: performance.now(), type: "started" });
      super(url, options);
      this.addEventListener("message", ({ data }) => {
        const control = data.control === undefined ? { type: "died", message: data.panic } : named(data.control);
        hear({ at: performance.now(), ...control });
      });
    }
  };

  /**
   * The first message for which `is` answers something but undefined.
   * @template T
   * @param {(message: Heard) => T | undefined} is
   * @param {Heard[]} [earlier]
   * @returns {Promise<T>}
   */
  const when = (is, earlier = []) =>
    new Promise((resolve, reject) => {
      /** @param {Heard} message */
      const listener = (message) => {
        const failed = message.type === "died" || message.type === "failed" || model(message)?.type === "failed";
        const found = failed ? undefined : is(message);
        if (!failed && found === undefined) return;
        listeners = listeners.filter((other) => other !== listener);
        if (found === undefined) reject(new Error(message.message ?? model(message)?.message));
        else resolve(found);
      };
      listeners.push(listener);
      earlier.forEach(listener);
    });

  /** @param {string} name @returns {any} */
  const part = (name) => document.querySelector(`[data-testid="${name}"]`);

  /** @param {any} field @param {string} value @param {string} event */
  const enter = (field, value, event) => {
    field.value = value;
    field.dispatchEvent(new Event(event, { bubbles: true }));
  };

  /** Forgets the dialogue that the page has kept from the last time, if there is one. */
  const startAfresh = async () => {
    const button = part("new-dialogue");
    if (button.disabled) return;
    button.click();
    while (part("new-dialogue-confirm") === null) await new Promise(requestAnimationFrame);
    const restored = when(({ type }) => (type === "restored" ? true : undefined));
    part("new-dialogue-confirm").click();
    await restored;
  };

  window.engine = {
    async load() {
      const ready = await when((message) => (model(message)?.type === "ready" ? message.at : undefined), heard);
      const started = heard.find(({ type }) => type === "started");
      if (started === undefined) throw new Error("the page has started no worker");
      return ready - started.at;
    },

    async answer({ text }, tokens) {
      await startAfresh();
      enter(part("where"), "local", "change");
      enter(part("composer"), text, "input");
      const [asked, from] = [performance.now(), heard.length];
      part("send").click();
      /** @param {number} count */
      const pieces = (count) => () => {
        const said = heard.slice(from).filter(({ type }) => type === "piece");
        return said.length >= count || heard.at(-1)?.type === "finished" ? said : undefined;
      };
      const said = await when(pieces(tokens));
      if (heard.at(-1)?.type !== "finished") {
        part("stop").click();
        await when(({ type }) => (type === "finished" ? true : undefined));
      }
      const read = heard.findLast(({ type }) => type === "reading");
      return {
        promptTokens: Number(read?.total),
        // A piece is at least one token, so this can only count too few.
        tokens: said.length,
        firstMs: (said.at(0)?.at ?? NaN) - asked,
        lastMs: (said.at(-1)?.at ?? NaN) - asked,
        text: said.map(({ text }) => text).join(""),
      };
    },
  };
})();
