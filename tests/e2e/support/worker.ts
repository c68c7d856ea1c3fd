// What a browser lacks or says, as the worker meets it.

import type { BrowserContext } from "@playwright/test";

/** Runs `script` in the page and in the worker before anything of ours does. */
export async function beforeAnything(context: BrowserContext, script: string): Promise<void> {
  // A script that was changed on its way counts as a stranger's, which may not call this machine.
  await context.grantPermissions(["local-network-access"]);
  await context.addInitScript(script);
  // A page's init script does not reach workers, so the worker's own first file carries it.
  await context.route(/weir-worker\w*_loader\.js/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: script + (await response.text()) });
  });
}

/** A browser in which no worker can write files, as some have it in private windows. */
export const NO_FILES = "delete globalThis.FileSystemFileHandle?.prototype.createSyncAccessHandle;\n";

/** A browser that keeps nothing for a page. */
export const NO_STORAGE = `${NO_FILES}
Object.defineProperty(globalThis, "caches", { get() { throw new DOMException("no", "SecurityError"); } });
`;

/** A browser that says it has room for so many bytes. */
export function room(quota: number): string {
  return `StorageManager.prototype.estimate = async () => ({ quota: ${quota}, usage: 0 });\n`;
}

/** A device with so much memory, in GiB. */
export function memory(gibibytes: number): string {
  return `Object.defineProperty(Object.getPrototypeOf(navigator), "deviceMemory", { get: () => ${gibibytes} });\n`;
}
