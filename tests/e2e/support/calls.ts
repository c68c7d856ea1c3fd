// The calls that a page makes to a cloud, and what each can cost at most.

import type { Page } from "@playwright/test";
import { PRICE } from "./gateway.ts";

/** As much of a call's body as tells its bounds. */
interface Call {
  messages: { content: string }[];
  max_tokens: number;
}

/** Collects the calls that `page` makes from now on. */
export function recordCalls(page: Page): Call[] {
  const calls: Call[] = [];
  page.on("request", (request) => {
    // A redirect that is not followed is announced all the same.
    const isCall = request.method() === "POST" && request.redirectedFrom() === null;
    if (isCall) calls.push(request.postDataJSON() as Call);
  });
  return calls;
}

/** In nano-USD: no token is shorter than a byte, and a chat template adds no more than this. */
export function worstCase({ messages, max_tokens }: Call): number {
  const prompt = messages.reduce((sum, { content }) => sum + 16 + Buffer.byteLength(content), 256);
  return prompt * PRICE.input + max_tokens * PRICE.output;
}
