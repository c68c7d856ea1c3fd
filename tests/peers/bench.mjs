// Weir and its peers, one after the other, round by round, each with the same file and question.
// `cargo xtask bench engine` calls this; what is measured leaves as lines of JSON on stdout.

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { about } from "./about.mjs";
import { Contestant, adapter } from "./browser.mjs";
import { NativeContestant } from "./native.mjs";
import { serve } from "./serve.mjs";

/** @type {Prompts} */
const prompts = JSON.parse(readFileSync(join(import.meta.dirname, "prompts.json"), "utf8"));
const rounds = Number(given("WEIR_BENCH_ROUNDS"));
const tokens = Number(given("WEIR_BENCH_TOKENS"));

const peers = await serve(given("WEIR_MODELS"));
const inBrowser = [
  { engine: "weir", file: "q4_1", contestant: weir("q4_1") },
  { engine: "wllama", file: "q4_1", contestant: peer("wllama", "q4_1") },
  { engine: "weir", file: "q8_0", contestant: weir("q8_0") },
  { engine: "flare", file: "q8_0", contestant: peer("flare", "q8_0") },
];
const native = new NativeContestant(given("WEIR_PYTHON"), path("q4_1"));
const [short, long] = [await question(prompts.short), await question(prompts.long)];
const all = [
  ...inBrowser.map(({ engine, file, contestant }) => ({ engine, file, measure: () => figures(contestant) })),
  { engine: "llama.cpp", file: "q4_1", measure: () => native.ask(prompts.long, tokens) },
];

try {
  const gpu = await adapter(given("CHROMIUM"), `${peers.address}/prompts.json`);
  console.log(JSON.stringify({ about: { ...about(given("CHROMIUM"), await native.version), adapter: gpu } }));
  for (const { engine, file, contestant } of inBrowser) {
    // The first visit fetches the file into the engine's storage, and is not counted.
    await attempt({ engine, file, round: 0 }, async () => void (await contestant.visit(short, 1)));
  }
  for (let round = 1; round <= rounds; round += 1) {
    // Whoever was last comes first, so that a machine that slows down slows everybody down.
    for (const { engine, file, measure } of round % 2 === 0 ? all.toReversed() : all) {
      await attempt({ engine, file, round }, measure);
    }
  }
} finally {
  native.close();
  peers.close();
  for (const { contestant } of inBrowser) contestant.forget();
}

/** @param {string} text */
async function question(text) {
  return { text, ids: await native.ids(text) };
}

/** @param {Contestant} contestant */
async function figures(contestant) {
  const warm = await contestant.visit(short, 1);
  const { promptTokens, tokens: said, firstMs, lastMs, peak, text } = await contestant.visit(long, tokens);
  return {
    prompt_tokens: promptTokens,
    tokens: said,
    prefill_tps: (promptTokens / firstMs) * 1e3,
    decode_tps: ((said - 1) / (lastMs - firstMs)) * 1e3,
    warm_load_ms: warm.loadMs + warm.firstMs,
    renderer_bytes: peak,
    text,
  };
}

/**
 * Says what came of one measurement.
 * @param {{ engine: string, file: string, round: number }} which
 * @param {() => Promise<object | void>} measure
 */
async function attempt(which, measure) {
  /** @type {object | void} */
  let came;
  try {
    came = await measure();
  } catch (error) {
    came = { failed: error instanceof Error ? error.message : String(error) };
  }
  console.log(JSON.stringify({ ...which, ...came }));
}

/** @param {string} file */
function weir(file) {
  const page = new URL(given("WEIR_PAGE"));
  page.searchParams.set("device", "cpu");
  page.searchParams.set("model", new URL(`/models/${basename(path(file))}`, page).href);
  return new Contestant(given("CHROMIUM"), page.href, "", join(import.meta.dirname, "pages", "weir.js"));
}

/** @param {string} engine @param {string} file */
function peer(engine, file) {
  return new Contestant(given("CHROMIUM"), `${peers.address}/pages/${engine}.html`, `/models/${basename(path(file))}`);
}

/** @param {string} file */
function path(file) {
  return given(`WEIR_MODEL_${file.toUpperCase()}`);
}

/** @param {string} name */
function given(name) {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this as \`cargo xtask bench engine\`.`);
  return value;
}
