// A search for a key in every place that a page can put it.

import type { Page } from "@playwright/test";

/** As many letters of a key in a row as nobody else should read. */
const PIECE = 8;

/** A message between the page and its worker, or to anybody else. */
interface Said {
  /** The key field of a message to the worker, which is its one place. */
  key: string | undefined;
  rest: string;
}

/** Writes down what `page` says to workers, other pages and the console from now on. */
export async function eavesdrop(page: Page): Promise<{ said: () => Promise<Said[]>; heard: string[] }> {
  const heard: string[] = [];
  page.on("console", (message) => heard.push(message.text()));
  page.on("request", (request) => heard.push(request.url(), request.headers()["referer"] ?? ""));
  await page.addInitScript(() => {
    const said: Said[] = [];
    Object.assign(globalThis, { said });
    const write = (message: unknown) => {
      const packet = (message ?? {}) as Record<string, unknown>;
      const { key, ...rest } = typeof message === "object" ? packet : { key: undefined, rest: message };
      const text = JSON.stringify(rest, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value));
      said.push({ key: key as string | undefined, rest: text });
    };
    for (const { prototype } of [Worker, MessagePort, BroadcastChannel] as { prototype: { postMessage: Function } }[]) {
      const post = prototype.postMessage;
      prototype.postMessage = function (message: unknown, ...more: unknown[]) {
        write(message);
        return post.call(this, message, ...more) as unknown;
      };
    }
    const Plain = Worker;
    globalThis.Worker = class extends Plain {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener("message", ({ data }) => write(data));
      }
    };
  });
  return { said: () => page.evaluate(() => (globalThis as unknown as { said: Said[] }).said), heard };
}

/** All that the page shows and keeps, by place. */
async function everything(page: Page): Promise<Record<string, string>> {
  return await page.evaluate(async () => {
    const text = (value: unknown) =>
      JSON.stringify(value, (_, inner: unknown) => (typeof inner === "bigint" ? `${inner}` : inner)) ?? "";
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const records: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name!));
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store);
        records.push(await done(objects.getAllKeys()), await done(objects.getAll()));
      }
      database.close();
    }
    const cached: string[] = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) cached.push(request.url);
    }
    const files: string[] = [];
    const walk = async (folder: FileSystemDirectoryHandle) => {
      for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
        files.push(name);
        if (handle.kind === "directory") await walk(handle as FileSystemDirectoryHandle);
        else files.push(await (await (handle as FileSystemFileHandle).getFile()).slice(0, 1 << 20).text());
      }
    };
    await walk(await navigator.storage.getDirectory());
    const fields = [...document.querySelectorAll<HTMLInputElement>("input, textarea, select")];
    return {
      document: document.documentElement.outerHTML,
      fields: text(fields.map((field) => field.value)),
      localStorage: text({ ...localStorage }),
      sessionStorage: text({ ...sessionStorage }),
      indexedDB: text(records),
      caches: text(cached),
      files: text(files),
      cookies: document.cookie,
      address: location.href + text(history.state) + name,
      globals: text(Object.entries(globalThis).filter(([name, value]) => name !== "said" && typeof value === "string")),
    };
  });
}

/** The places where `key`, or a piece of it, is. */
export async function placesOf(key: string, page: Page): Promise<string[]> {
  const places = Object.entries(await everything(page));
  return places.filter(([, text]) => holds(text, key)).map(([place]) => place);
}

/** Whether `text` has a piece of `key`. */
export function holds(text: string, key: string): boolean {
  const pieces = Array.from({ length: key.length - PIECE + 1 }, (_, at) => key.slice(at, at + PIECE));
  return pieces.some((piece) => text.includes(piece));
}
