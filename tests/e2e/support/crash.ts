// Ways to end a worker, its device or a whole page in the middle of its work.

import { readlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, type BrowserContext, type Page, type Worker } from "@playwright/test";

/** What a trap of the module looks like from the page. The worker is gone when this returns. */
export async function kill(page: Page): Promise<void> {
  const [worker] = page.workers();
  await worker!.evaluate(() => void setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
  await gone(page, worker!);
}

async function gone(page: Page, worker: Worker): Promise<void> {
  await expect.poll(() => page.workers().includes(worker), { timeout: 60_000 }).toBe(false);
}

/** Ends the page's process, as a device without memory does. */
export async function killPage(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  void session.send("Page.crash").catch(() => {});
  await crashed;
}

/** Ends a browser as the system does when it is out of memory: all of it, at once. */
export async function killBrowser(context: BrowserContext, profile: string): Promise<void> {
  const closed = context.waitForEvent("close");
  // Chromium's own mark of who uses a profile: host and process id.
  const pid = Number(readlinkSync(join(profile, "SingletonLock")).split("-").at(-1));
  process.kill(pid, "SIGKILL");
  await closed;
}

/** Runs in the worker before anything of ours does, and keeps every WebGPU device. */
const KEEP = `{
  const request = GPUAdapter.prototype.requestDevice;
  globalThis.devices = [];
  GPUAdapter.prototype.requestDevice = async function (descriptor) {
    const device = await request.call(this, descriptor);
    globalThis.devices.push(device);
    return device;
  };
}
`;

/** A page's init script does not reach workers, so the worker's own first file carries this. */
export async function keepDevices(context: BrowserContext): Promise<void> {
  await context.route(/weir-worker\w*_loader\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: KEEP + (await response.text()) });
  });
}

/** Takes the worker's devices away. The worker is gone when this returns: it has no use without. */
export async function loseDevices(page: Page): Promise<void> {
  const [worker] = page.workers();
  await worker!.evaluate(() => {
    const { devices } = globalThis as unknown as { devices: { destroy(): void }[] };
    devices.forEach((device) => device.destroy());
  });
  await gone(page, worker!);
}
