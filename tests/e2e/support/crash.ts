// Ways to end a worker or a whole page in the middle of its work.

import { expect, type Page, type Worker } from "@playwright/test";

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
