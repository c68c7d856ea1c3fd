// The strictest Content-Security-Policy that a careful host would serve the page with.

import type { BrowserContext, Page } from "@playwright/test";
import { createHash } from "node:crypto";

/** Adds the policy to every document and script, as the host's server would. */
export async function serveStrictly(context: BrowserContext, cloud: string): Promise<void> {
  const page = new URL(process.env["WEIR_PAGE"]!).origin;
  await context.route(
    (url) => url.origin === page && /(\/|\.html|\.js)$/.test(url.pathname),
    async (route) => {
      const response = await route.fetch();
      const type = response.headers()["content-type"] ?? "";
      const body = await response.text();
      const inline = type.includes("html") ? hashes(body) : [];
      const headers = {
        ...response.headers(),
        "content-security-policy": policy(inline, new URL(cloud).origin),
      };
      return route.fulfill({ response, headers, body });
    },
  );
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
