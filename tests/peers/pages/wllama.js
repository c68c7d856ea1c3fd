// wllama on one thread of the processor, with its file in its own storage.

import { Wllama } from "/packages/@wllama/wllama/esm/index.js";

/** @type {Prompts} */
const { system, sampling } = await (await fetch("/prompts.json")).json();
/** @type {any} */
let wllama;

window.engine = {
  async load(file) {
    const begun = performance.now();
    wllama = new Wllama(
      { default: "/packages/@wllama/wllama/esm/wasm/wllama.wasm" },
      { suppressNativeLog: true, allowOffline: true },
    );
    await wllama.loadModelFromUrl(
      { url: new URL(file, location.href).href },
      { n_threads: 1, n_gpu_layers: 0, n_ctx: 2048, useCache: true },
    );
    return performance.now() - begun;
  },

  async answer({ text }, tokens) {
    const asked = performance.now();
    const chunks = await wllama.createChatCompletion({
      messages: [
        { role: "system", content: system },
        { role: "user", content: text },
      ],
      stream: true,
      timings_per_token: true,
      max_tokens: tokens,
      temperature: sampling.temperature,
      seed: sampling.seed,
      top_k: sampling.top_k,
      top_p: sampling.top_p,
      penalty_repeat: sampling.repeat_penalty,
      penalty_last_n: sampling.repeat_window,
    });
    const answer = { promptTokens: NaN, tokens: 0, firstMs: NaN, lastMs: NaN, text: "" };
    for await (const chunk of chunks) {
      if (chunk.timings) answer.promptTokens = chunk.timings.prompt_n + chunk.timings.cache_n;
      const piece = chunk.choices[0]?.delta.content;
      if (!piece) continue;
      answer.lastMs = performance.now() - asked;
      if (answer.tokens === 0) answer.firstMs = answer.lastMs;
      answer.tokens += 1;
      answer.text += piece;
    }
    return answer;
  },
};
