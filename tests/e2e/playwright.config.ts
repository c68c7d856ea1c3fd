// One project for each kind of browser that Weir meets; the folder of a test says which it needs.
// `cargo xtask test --only e2e` builds what is tested and passes it in by environment variables.

import { defineConfig, type Project } from "@playwright/test";
import { existsSync } from "node:fs";
import { camera, microphone } from "./support/media.ts";

/** Everything the page could reach by itself is switched off: what is left is what the page does. */
const QUIET = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-quic",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
];
/** The sandbox refuses to start for root, as in most containers; elsewhere it stays on. */
const SANDBOX = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
/** Without this flag `navigator.gpu` is there, but no adapter is. */
const WEBGPU = ["--enable-unsafe-webgpu"];
/** A camera and a microphone that play files, and a user who says yes. */
const DEVICES = [
  "--use-fake-device-for-media-stream",
  `--use-file-for-fake-video-capture=${camera()}`,
  `--use-file-for-fake-audio-capture=${microphone()}`,
];
const ALLOWED = ["--use-fake-ui-for-media-stream"];

function project(name: string, ...flags: string[][]): Project {
  return {
    name,
    testDir: `specs/${name}`,
    use: {
      launchOptions: {
        executablePath: chromium(),
        args: [...QUIET, ...SANDBOX, ...flags.flat()],
      },
    },
  };
}

function chromium(): string {
  const named = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  if (!existsSync(named)) {
    throw new Error(`There is no browser at ${named}: set CHROMIUM to the path of one.`);
  }
  return named;
}

/** What writes a result down is run for that result alone. */
function projects(): Project[] {
  if (process.env["WEIR_CHECK_RESULT"] !== undefined) return [project("check", WEBGPU)];
  if (process.env["WEIR_OVERHEAD_RESULT"] !== undefined) {
    const overhead = project("overhead");
    // Recording a trace takes as long as all that is measured.
    return [{ ...overhead, use: { ...overhead.use, trace: "off" } }];
  }
  return [
    project("gpu", WEBGPU, DEVICES, ALLOWED),
    project("no-gpu"),
    project("no-timestamp", WEBGPU),
    project("denied", DEVICES),
    project("strict-csp", WEBGPU),
    project("ledger"),
    project("faults"),
    project("privacy", DEVICES, ALLOWED),
  ];
}

const report = process.env["WEIR_E2E_REPORT"];

export default defineConfig({
  globalSetup: "./support/serve.ts",
  // A software GPU and a model share two cores: one page at a time.
  workers: 1,
  timeout: 300_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env["CI"] !== undefined,
  reporter: report === undefined ? "list" : [["list"], ["json", { outputFile: report }]],
  use: {
    browserName: "chromium",
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1,
    contextOptions: { reducedMotion: "reduce" },
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
  projects: projects(),
});
