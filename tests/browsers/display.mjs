// A screen that nobody looks at, for the browser that has no other way to run: Xvfb.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts one, on a number that is free, and names it as programs want it in `DISPLAY`. */
export async function display() {
  const screen = spawn("Xvfb", ["-displayfd", "3", "-nolisten", "tcp"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: /** @type {import("node:stream").Readable} */ (screen.stdio[3]) });
  const number = await new Promise((resolve, reject) => {
    lines.once("line", resolve);
    screen.once("error", reject);
    screen.once("exit", (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return { name: `:${number}`, close: () => screen.kill() };
}
