// What was measured, and on which machine.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, platform, totalmem } from "node:os";
import { join } from "node:path";

/** The packages measured here, by the names that they have in the figures. */
const PACKAGES = { wllama: "@wllama/wllama", flare: "@sauravpanda/flare" };

/** @param {string} chromium The browser's program. @param {string} llamaCpp The version of its package. */
export function about(chromium, llamaCpp) {
  const [cpu] = cpus();
  return {
    machine: {
      cpu: cpu?.model.trim() ?? null,
      cores: cpus().length,
      memory_gb: Math.round(totalmem() / 1e9),
      system: platform(),
      load_before: loadavg()[0],
      chromium: execFileSync(chromium, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim(),
      date: new Date().toISOString().slice(0, 10),
    },
    versions: {
      ...Object.fromEntries(Object.entries(PACKAGES).map(([name, folder]) => [name, version(folder)])),
      "llama.cpp": `xllamacpp ${llamaCpp}`,
    },
  };
}

/** @param {string} folder @returns {string} */
function version(folder) {
  const file = join(import.meta.dirname, "node_modules", folder, "package.json");
  return JSON.parse(readFileSync(file, "utf8")).version;
}
