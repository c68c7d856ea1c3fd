// Serves the page and the demo cloud for the whole run, on free ports.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";

interface Ready {
  page: string;
  cloud: string | null;
}

/** Called by Playwright before the first test; what it returns is called after the last. */
export default async function serve(): Promise<() => Promise<void>> {
  const cloud = spawn(
    given("WEIR_DEMO_CLOUD"),
    [
      ["--page", given("WEIR_DIST")],
      ["--page-port", "0"],
      ["--models", given("WEIR_MODELS")],
      ["--model", given("WEIR_MODEL")],
      ["--python", given("WEIR_PYTHON")],
      ["--cloud-port", "0"],
    ].flat(),
    { stdio: ["ignore", "pipe", process.env["WEIR_LOUD"] ? "inherit" : "pipe"] },
  );
  const ready = await readiness(cloud);
  if (ready.cloud === null) throw new Error("The demo cloud serves a page but no cloud.");
  process.env["WEIR_PAGE"] = ready.page;
  process.env["WEIR_CLOUD"] = ready.cloud;
  return async () => {
    cloud.kill("SIGTERM");
    if (cloud.exitCode === null) await once(cloud, "exit");
    const media = process.env["WEIR_E2E_MEDIA"];
    if (media !== undefined) rmSync(media, { recursive: true, force: true });
  };
}

/** The first line on stdout; what it said on stderr, if it ends without one. */
async function readiness(cloud: ChildProcess): Promise<Ready> {
  const said: string[] = [];
  cloud.stderr?.setEncoding("utf8").on("data", (text: string) => said.push(text));
  return await new Promise<Ready>((resolve, reject) => {
    const lines = createInterface({ input: cloud.stdout! });
    lines.once("line", (line) => resolve(JSON.parse(line) as Ready));
    cloud.once("error", reject);
    cloud.once("exit", (code) => reject(new Error(`weir-demo-cloud ended (${code}):\n${said.join("")}`)));
  });
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: run this as \`cargo xtask test --only e2e\`.`);
  }
  return value;
}
