// The browsers of three engines, each under its own driver.

/**
 * @typedef {object} Browser
 * @property {string} name
 * @property {"relaxed" | "plain"} simd Which of the worker's kernels its WebAssembly has the instructions for.
 * @property {Parameters<typeof import("./webdriver.mjs").Session.open>[0]} how
 */

/** The sandbox refuses to start for root, as in most containers. */
const SANDBOX = process.getuid?.() === 0 ? ["--no-sandbox"] : [];

/** Those of which `cargo xtask test --only browsers` names the programs. @returns {Browser[]} */
export function browsers() {
  return [
    {
      name: "Chromium",
      simd: "relaxed",
      how: {
        program: given("CHROMEDRIVER"),
        options: (port) => [`--port=${port}`],
        capabilities: { "goog:chromeOptions": { binary: given("CHROMIUM"), args: ["--headless", ...SANDBOX] } },
      },
    },
    {
      name: "Firefox",
      simd: "relaxed",
      how: {
        program: given("GECKODRIVER"),
        options: (port) => ["--port", String(port)],
        capabilities: { "moz:firefoxOptions": { binary: given("FIREFOX"), args: ["-headless"] } },
      },
    },
    {
      // WebKit has not adopted relaxed SIMD.
      name: "WebKitGTK",
      simd: "plain",
      how: {
        program: given("WEBKIT_DRIVER"),
        options: (port) => [`--port=${port}`],
        capabilities: { "webkitgtk:browserOptions": { binary: given("WEBKIT_BROWSER"), args: ["--automation"] } },
      },
    },
  ];
}

/** @param {string} name */
export function given(name) {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run this as \`cargo xtask test --only browsers\`.`);
  return value;
}
