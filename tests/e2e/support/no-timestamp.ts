// A WebGPU adapter without `timestamp-query`, as many phones have it.

import type { BrowserContext } from "@playwright/test";
import { beforeAnything } from "./worker.ts";

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

export async function hideTimestamps(context: BrowserContext): Promise<void> {
  await beforeAnything(context, HIDE);
}
