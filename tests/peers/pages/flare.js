// Flare on the processor, as its own demo drives it, but for the prompt: its encoder makes nearly four
// times as many tokens of it as the model's own, so it is given those.

import init, { FlareEngine } from "/packages/@sauravpanda/flare/pkg/flare_web.js";

/** @type {Prompts} */
const { sampling } = await (await fetch("/prompts.json")).json();
/** @type {any} */
let engine;

window.engine = {
  async load(file) {
    const begun = performance.now();
    await init();
    const bytes = new Uint8Array(await (await fetch(file)).arrayBuffer());
    engine = FlareEngine.load(bytes);
    return performance.now() - begun;
  },

  async answer({ ids }, tokens) {
    const asked = performance.now();
    const prompt = Uint32Array.from(ids);
    engine.reset();
    engine.set_rng_seed(sampling.seed);
    engine.set_repeat_last_n(sampling.repeat_window);
    engine.begin_stream_with_params(
      prompt, tokens, sampling.temperature, sampling.top_p, sampling.top_k, sampling.repeat_penalty, 0,
    );
    const answer = { promptTokens: prompt.length, tokens: 0, firstMs: NaN, lastMs: NaN, text: "" };
    for (let token = engine.next_token(); token !== undefined; token = engine.next_token()) {
      answer.lastMs = performance.now() - asked;
      if (answer.tokens === 0) answer.firstMs = answer.lastMs;
      answer.tokens += 1;
      answer.text += engine.decode_token_chunk(token);
    }
    return answer;
  },
};
