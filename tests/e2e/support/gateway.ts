// The demo cloud, asked directly: what reached it, and where its faults are.

import { createServer } from "node:net";
import { once } from "node:events";

/** What the gateway has seen since it started. */
export interface Stats {
  requests: number;
  bytes: number;
}

/** Ways to fail, of which nothing can be salvaged. */
export const FAULTS = ["unauthorized", "rate-limited", "server-error", "html", "garbage", "cut", "cut-utf8"] as const;
export type Fault = (typeof FAULTS)[number];

/** What the demo model costs, in nano-USD per token: the price list of `weir-cloud`. */
export const PRICE = { input: 150, output: 600 };

export class Gateway {
  readonly baseUrl = process.env["WEIR_CLOUD"]!;

  async stats(): Promise<Stats> {
    const response = await fetch(new URL("/stats", this.baseUrl));
    return (await response.json()) as Stats;
  }

  /** A base URL behind which every turn ends in this fault. */
  failing(fault: Fault): string {
    return new URL(`/fault/${fault}/v1`, this.baseUrl).href;
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
