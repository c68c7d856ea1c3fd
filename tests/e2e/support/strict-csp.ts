// The strictest Content-Security-Policy that a careful host would serve the page with.

import type { Page } from "@playwright/test";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A host of its own for the page, which adds the policy to all it serves. */
export async function serveStrictly(cloud: string): Promise<{ page: string; close: () => void }> {
  const server = createServer((request, response) => {
    pass(request, response, new URL(cloud).origin).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { page: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

async function pass(request: IncomingMessage, response: ServerResponse, cloud: string): Promise<void> {
  const from = new URL(request.url ?? "/", process.env["WEIR_PAGE"]!);
  const found = await fetch(from);
  const body = Buffer.from(await found.arrayBuffer());
  const type = found.headers.get("content-type") ?? "application/octet-stream";
  const inline = type.includes("html") ? hashes(body.toString()) : [];
  response.writeHead(found.status, {
    "content-type": type,
    "content-length": body.length,
    "content-security-policy": policy(inline, cloud),
  });
  response.end(body);
}

/** What the browser refused, in the page. */
export async function recordViolations(page: Page): Promise<() => Promise<string[]>> {
  const inConsole: string[] = [];
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) inConsole.push(message.text());
  });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(globalThis, { violations: seen });
    addEventListener("securitypolicyviolation", (event) =>
      seen.push(`${event.effectiveDirective}: ${event.blockedURI}`),
    );
  });
  return async () => {
    const seen = await page.evaluate(() => (globalThis as unknown as { violations: string[] }).violations);
    return [...inConsole, ...seen];
  };
}

function policy(inline: string[], cloud: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'wasm-unsafe-eval' ${inline.join(" ")}`,
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "manifest-src 'self'",
    `connect-src 'self' ${cloud}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** The inline scripts of the built page, each allowed by its hash. */
function hashes(html: string): string[] {
  const scripts = html.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g);
  return [...scripts].map(([, text]) => {
    const hash = createHash("sha256").update(text ?? "").digest("base64");
    return `'sha256-${hash}'`;
  });
}
