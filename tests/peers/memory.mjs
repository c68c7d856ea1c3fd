// How much memory a browser's renderer holds, as Linux counts it.

import { readFileSync, readdirSync } from "node:fs";

/** How often it is looked at while an engine answers. */
const PERIOD_MS = 200;

/**
 * The most that the largest renderer below this process held while `work` ran, in bytes: its
 * proportional set size, so that pages it shares with others count in part. Null where there is no
 * /proc.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<{ value: T, peak: number | null }>}
 */
export async function watched(work) {
  let peak = largestRenderer();
  const watch = setInterval(() => {
    const now = largestRenderer();
    if (now !== null) peak = Math.max(peak ?? 0, now);
  }, PERIOD_MS);
  try {
    return { value: await work(), peak };
  } finally {
    clearInterval(watch);
  }
}

function largestRenderer() {
  const sizes = descendants(process.pid).filter(isRenderer).map(proportionalSetSize);
  return sizes.length === 0 ? null : Math.max(...sizes);
}

/** @param {number} ancestor */
function descendants(ancestor) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const name of folders()) {
    // The name of a program may hold spaces and brackets: what follows starts behind the last one.
    const parent = Number(read(`/proc/${name}/stat`).split(")").at(-1)?.trim().split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [ancestor];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found.slice(1);
}

function folders() {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** @param {number} pid */
function isRenderer(pid) {
  return read(`/proc/${pid}/cmdline`).includes("--type=renderer");
}

/** @param {number} pid */
function proportionalSetSize(pid) {
  const kibibytes = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`));
  return kibibytes === null ? 0 : Number(kibibytes[1]) * 1024;
}

/** A process may end while it is looked at. @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
