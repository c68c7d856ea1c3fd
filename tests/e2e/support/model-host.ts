// A server of model files that does what servers do: answers parts, breaks off, stands still.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContext } from "@playwright/test";

/** A request that came. */
export interface Asked {
  name: string;
  range: string | undefined;
}

export class ModelHost {
  /** What was asked for, in order. */
  readonly asked: Asked[] = [];
  /** Files of which the next answer stands still, and after how many bytes. */
  private readonly holds = new Map<string, number>();
  private readonly held: ServerResponse[] = [];
  private readonly server: Server;

  private constructor(
    private readonly files: Record<string, Buffer>,
    private readonly otherOrigins: boolean,
  ) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** Serves `files` by their names, to pages of other origins unless told otherwise. */
  static async open(files: Record<string, Buffer>, otherOrigins = true): Promise<ModelHost> {
    const host = new ModelHost(files, otherOrigins);
    host.server.listen(0, "127.0.0.1");
    await once(host.server, "listening");
    return host;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  url(name: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${name}`;
  }

  /** The next answer about this file stands still after so many bytes. */
  hold(name: string, bytes: number): void {
    this.holds.set(name, bytes);
  }

  /** Every answer that stands still breaks off. */
  breakOff(): void {
    for (const response of this.held.splice(0)) response.destroy();
  }

  /** A file as `weir.json` lists it. */
  listed(name: string, sha256 = this.sha256(name)): { url: string; bytes: number; sha256: string } {
    return { url: this.url(name), bytes: this.file(name).length, sha256 };
  }

  private sha256(name: string): string {
    return createHash("sha256").update(this.file(name)).digest("hex");
  }

  private file(name: string): Buffer {
    return this.files[name]!;
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const name = request.url!.slice(1);
    const file = this.files[name];
    const { range } = request.headers;
    this.asked.push({ name, range });
    if (this.otherOrigins) {
      response.setHeader("access-control-allow-origin", "*");
      response.setHeader("access-control-expose-headers", "content-range");
    }
    if (file === undefined) return void response.writeHead(404).end();
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const rest = file.subarray(from);
    response.setHeader("content-length", rest.length);
    response.setHeader("content-type", name.endsWith(".html") ? "text/html" : "application/octet-stream");
    if (range !== undefined) {
      response.setHeader("content-range", `bytes ${from}-${file.length - 1}/${file.length}`);
      response.statusCode = 206;
    }
    const hold = this.holds.get(name);
    if (hold === undefined) return void response.end(rest);
    this.holds.delete(name);
    this.held.push(response);
    response.write(rest.subarray(0, hold));
  }
}

/** What the page offers, instead of what its server lists. */
export async function offer(context: BrowserContext, ...models: object[]): Promise<void> {
  await context.unroute("**/weir.json");
  await context.route("**/weir.json", (route) => route.fulfill({ json: { models, cloud: null } }));
}
