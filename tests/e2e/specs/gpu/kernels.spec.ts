// Every WGSL kernel that a model can launch, in the browser's own compiler: it refuses some texts that
// the compiler of the native tests takes, and a page would only see wrong numbers.

import { readFileSync } from "node:fs";
import { expect, test } from "../../support/test.ts";

/** What each kernel computes, and its text. */
type Kernels = Record<string, string>;

/** The complaints of the compiler about each kernel that it does not take. */
async function compile(kernels: Kernels): Promise<Record<string, string[]>> {
  const adapter = await navigator.gpu.requestAdapter();
  // Without wishes: what every device has must be enough.
  const device = await adapter!.requestDevice();
  const complaints = async (code: string): Promise<string[]> => {
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ code });
    const invalid = device.popErrorScope();
    const compute = { module, entryPoint: "main" };
    const pipeline = device.createComputePipelineAsync({ layout: "auto", compute });
    const refusal = pipeline.then(
      () => null,
      (error: Error) => error,
    );
    const { messages } = await module.getCompilationInfo();
    const said = messages.map(({ type, lineNum, message }) => `${type} in line ${lineNum}: ${message}`);
    const errors = [await invalid, await refusal].filter((error) => error !== null);
    return [...said, ...errors.map((error) => error.message)];
  };
  const all = Object.entries(kernels).map(async ([name, code]) => [name, await complaints(code)] as const);
  const refused = (await Promise.all(all)).filter(([, said]) => said.length > 0);
  device.destroy();
  return Object.fromEntries(refused);
}

function given(): Kernels {
  const path = process.env["WEIR_KERNELS"];
  if (path === undefined) {
    throw new Error("WEIR_KERNELS is not set: run this as `cargo xtask test --only e2e`.");
  }
  return JSON.parse(readFileSync(path, "utf8")) as Kernels;
}

test("compiles every kernel without a word", async ({ chat, page }) => {
  // A software adapter makes machine code of each.
  test.setTimeout(900_000);
  const kernels = given();
  expect(Object.keys(kernels).length).toBeGreaterThan(0);
  await chat.open();
  expect(await page.evaluate(compile, kernels)).toEqual({});
});

test("would tell if a kernel were wrong", async ({ chat, page }) => {
  const entry = "@compute @workgroup_size(1) fn main()";
  const wrong = {
    "a number that is no float": `${entry} { var v = 1u + 1.5; }`,
    "too much workgroup memory": `var<workgroup> w: array<u32, 5000>; ${entry} { w[0] = 1u; }`,
    "a type that not every device has": `${entry} { var v: f16 = 1.0h; }`,
  };
  await chat.open();
  const refused = await page.evaluate(compile, wrong);
  expect(Object.keys(refused)).toEqual(Object.keys(wrong));
});
