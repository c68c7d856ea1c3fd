// The demo cloud, asked directly: what reached it, and where its faults are.

import { createServer } from "node:net";
import { once } from "node:events";

/** What the gateway has seen since it started. */
export interface Stats {
  requests: number;
  bytes: number;
  /** When the last request arrived, in microseconds since 1970. */
  arrived_us: number;
}

/** What the demo model costs, in nano-USD per token: the price list of `weir-cloud`. */
export const PRICE = { input: 150, output: 600 };

export class Gateway {
  readonly baseUrl = process.env["WEIR_CLOUD"]!;

  async stats(): Promise<Stats> {
    const response = await fetch(new URL("/stats", this.baseUrl));
    return (await response.json()) as Stats;
  }

  /** A base URL behind which turns end in this fault. */
  failing(fault: string): string {
    return new URL(`/fault/${fault}/v1`, this.baseUrl).href;
  }

  /** A base URL whose model says this text. */
  saying(text: string): string {
    return new URL(`/say/${Buffer.from(text).toString("base64url")}/v1`, this.baseUrl).href;
  }

  /** A base URL that speaks no TLS, as if it did. */
  unencrypted(): string {
    return this.baseUrl.replace("http:", "https:");
  }

  /** A base URL that nobody answers at: a port that was free a moment ago. */
  async unreachable(): Promise<string> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, "close");
    return `http://127.0.0.1:${port}/v1`;
  }
}
