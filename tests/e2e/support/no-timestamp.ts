// A WebGPU adapter without `timestamp-query`, as many phones have it.

import type { BrowserContext } from "@playwright/test";

/** Runs in the worker before anything of ours does. */
const HIDE = `{
  const real = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "features").get;
  Object.defineProperty(GPUAdapter.prototype, "features", {
    get() { return new Set([...real.call(this)].filter((name) => !name.includes("timestamp"))); },
  });
  const request = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = function (descriptor) {
    const wanted = [...(descriptor?.requiredFeatures ?? [])];
    return wanted.some((name) => name.includes("timestamp"))
      ? Promise.reject(new TypeError("this adapter has no timestamps"))
      : request.call(this, descriptor);
  };
}
`;

/** A page's init script does not reach workers, so the worker's own first file carries this. */
export async function hideTimestamps(context: BrowserContext): Promise<void> {
  await context.addInitScript(HIDE);
  await context.route(/weir-worker\w*_loader\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: HIDE + (await response.text()) });
  });
}
