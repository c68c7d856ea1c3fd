// Words of strangers: a model's, a provider's, the address's. They are shown, and do nothing.

import type { Locator, Page } from "@playwright/test";
import type { ChatPage } from "../../support/chat-page.ts";
import { recordViolations, serveStrictly } from "../../support/strict-csp.ts";
import { expect, test } from "../../support/test.ts";

/** Calls this where it runs, and asks this host where it fetches. */
const ALARM = "window.alarm=1";
const ELSEWHERE = "https://elsewhere.invalid";

const MARKUP = `<script>${ALARM}</script><img src=x onerror="${ALARM}"><svg onload="${ALARM}"><a href="javascript:${ALARM}">
<iframe srcdoc="<script>parent.alarm=1</script>"></iframe><style>*{display:none}</style><base href="${ELSEWHERE}/">
<form action="${ELSEWHERE}"><input name=q><button>Send</button></form><meta http-equiv=refresh content="0;url=${ELSEWHERE}">
<link rel=stylesheet href="${ELSEWHERE}/a.css"><object data="${ELSEWHERE}/b"></object><math><mtext><style><img src=x onerror=${ALARM}>

<div onclick="${ALARM}" style="position:fixed;inset:0">over everything</div>

| a <b onmouseover="${ALARM}">b</b> | ![x](${ELSEWHERE}/c.png "onerror=${ALARM}") |
|---|---|
| \`<img src=x onerror=${ALARM}>\` | &lt;script&gt;${ALARM}&lt;/script&gt; |

\`\`\`"><script>${ALARM}</script>
</code></pre><script>${ALARM}</script>
\`\`\`
`;

const LINKS = `[script](javascript:${ALARM}) [spaced](java\tscript:${ALARM}) [entity](&#106;avascript:${ALARM})
[data](data:text/html,<script>${ALARM}</script>) [blob](blob:null/x) [file](file:///etc/passwd) [relative](/x) [bare](//elsewhere.invalid)
[vbscript](vbscript:x) <javascript:${ALARM}> [ref]

[ref]: javascript:${ALARM}

![picture](${ELSEWHERE}/d.png) [honest](${ELSEWHERE}/e) <${ELSEWHERE}/f>
[https://bank.example](${ELSEWHERE}/g) <https://bank.example@elsewhere.invalid/h> [x](https://bank.example\\\\@elsewhere.invalid/i)
[reversed \u202Emoc.knab//:sptth](${ELSEWHERE}/j\u202E) [&#x202E;spelled](${ELSEWHERE}/k&#x202E;)`;

const HIDDEN = `before \u202Eoverridden\u202C \u2066isolated\u2069 \u{E0061}\u{E0062}tagged &#x202E;spelled after

\`code \u202E}\` and a pile: z${"\u0351\u0489".repeat(200)}`;

/** Shapes that are dear to parse or to draw. */
const SHAPES: Record<string, string> = {
  "nested quotations": "> ".repeat(9_000) + "bottom",
  "nested lists": Array.from({ length: 90 }, (_, depth) => `${" ".repeat(depth * 2)}- x`).join("\n"),
  "brackets that never close": "[".repeat(18_000),
  "stars": "*a **b ".repeat(3_000),
  "a wide table": `|${"a|".repeat(2_000)}\n|${"-|".repeat(2_000)}\n|${"b|".repeat(2_000)}`,
  "one long line": "x".repeat(30_000),
};

/** Keeps what `page` asks other hosts for. */
function strayRequests(page: Page, ...own: string[]): string[] {
  const stray: string[] = [];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && !own.includes(origin)) stray.push(request.url());
  });
  return stray;
}

/** Nothing in `answer` is more than text, and nothing has run. */
async function isInert(page: Page, answer: Locator): Promise<void> {
  const found = await answer.evaluate((answer) => {
    const text = [...answer.querySelectorAll(".answer-text, .answer-text *")];
    const allowed = /^(A|BLOCKQUOTE|BR|BUTTON|CODE|DIV|EM|HR|LI|OL|P|PRE|S|SPAN|STRONG|TABLE|TBODY|TD|TH|THEAD|TR|UL)$/;
    return {
      elements: text.map((it) => it.tagName.toUpperCase()).filter((it) => !allowed.test(it) && !/^(SVG|PATH|RECT)$/.test(it)),
      handlers: text.flatMap((it) => it.getAttributeNames()).filter((name) => /^(on|style|src|srcdoc|action)/.test(name)),
      drawings: text.filter((it) => it.tagName === "svg" && it.closest("button") === null).length,
      addresses: text.map((it) => it.getAttribute("href")).filter((it) => it !== null && !/^https?:\/\//.test(it)),
      alarm: (globalThis as { alarm?: number }).alarm,
    };
  });
  expect(found).toEqual({ elements: [], handlers: [], drawings: 0, addresses: [], alarm: undefined });
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(tooWide, "the page scrolls sideways").toBe(false);
}

/** Has the model say its text, and looks at it while it arrives, when it is there, and after a reload. */
async function hear(chat: ChatPage): Promise<Locator> {
  await chat.send("Say it.", "cloud");
  const answer = chat.answers.last();
  await expect(answer.locator(".answer-text")).toContainText(/\S/);
  await isInert(chat.page, answer);
  await chat.finished(answer);
  await expect(answer).toHaveAttribute("data-state", "done");
  await isInert(chat.page, answer);
  const shown = await answer.locator(".answer-text").innerText();
  await chat.page.reload();
  await expect(chat.answers.last()).toHaveAttribute("data-state", "done");
  await isInert(chat.page, chat.answers.last());
  expect(await chat.answers.last().locator(".answer-text").innerText()).toBe(shown);
  return chat.answers.last();
}

test("what a model says is shown and does nothing", async ({ chat, gateway }) => {
  const host = await serveStrictly(gateway.baseUrl);
  const violations = await recordViolations(chat.page);
  const stray = strayRequests(chat.page, new URL(host.page).origin, new URL(gateway.baseUrl).origin);
  await chat.open({ page: host.page });
  const address = chat.page.url();

  await chat.useProvider(gateway.saying(MARKUP));
  const markup = await hear(chat);
  await expect(markup).toContainText(`<script>${ALARM}</script><img src=x onerror="${ALARM}">`);
  await expect(markup).toContainText(`<div onclick="${ALARM}"`);

  await chat.useProvider(gateway.saying(LINKS));
  const links = await hear(chat);
  const targets = await links.locator(".answer-text a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  expect(targets.map((target) => target.replace(ELSEWHERE, ""))).toEqual([
    "/d.png", "/e", "/f", "/g", "https://bank.example@elsewhere.invalid/h", expect.stringMatching(/bank\.example/), "/j", "/k",
  ]);
  // Behind each that does not say so itself stands where it leads.
  const text = await links.locator(".answer-text").innerText();
  expect(text.match(/\(elsewhere\.invalid\)/g)).toHaveLength(6);
  expect(text).toContain("https://bank.example (elsewhere.invalid)");
  expect(text).toContain("https://bank.example@elsewhere.invalid/h (elsewhere.invalid)");
  expect(text).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);

  await chat.useProvider(gateway.saying(HIDDEN));
  const hidden = await hear(chat);
  await expect(hidden).toContainText("before overridden isolated tagged spelled after");
  const below = hidden.locator(".answer-foot");
  const covered = await below.evaluate((foot) => {
    const { x, y } = foot.getBoundingClientRect();
    return foot.contains(document.elementFromPoint(x + 2, y + 2));
  });
  expect(covered).toBe(true);

  expect(chat.page.url()).toBe(address);
  expect(chat.page.context().pages()).toHaveLength(1);
  expect(stray).toEqual([]);
  expect(await violations()).toEqual([]);
  host.close();
});

for (const [name, text] of Object.entries(SHAPES)) {
  test(`a reply of ${name} does not stop the page`, async ({ chat, gateway }) => {
    await chat.open();
    await chat.useProvider(gateway.saying(text));
    await hear(chat);
    await chat.composer.fill("still here");
    await expect(chat.sendButton).toBeEnabled();
  });
}

test("what a provider, a host and an address say is shown and does nothing", async ({ chat, gateway, context }) => {
  const label = `<img src=x onerror="${ALARM}">`;
  await context.route("**/weir.json", (route) =>
    route.fulfill({
      json: {
        models: [{ name: label, url: `javascript:${ALARM}` }],
        cloud: { base_url: gateway.baseUrl, model: label, label, price: null },
      },
    }),
  );
  const host = await serveStrictly(gateway.baseUrl);
  const violations = await recordViolations(chat.page);
  const stray = strayRequests(chat.page, new URL(host.page).origin, new URL(gateway.baseUrl).origin);
  await chat.open({ page: `${host.page}#${label}`, model: `javascript:${ALARM}//${label}` });
  await chat.openSettings();
  await expect(chat.page.getByTestId("provider-state")).toContainText(label);
  await chat.askForModel();
  await expect(chat.status).toHaveAttribute("data-state", "failed");

  await chat.useProvider(gateway.failing("marked-up"));
  const failed = await chat.ask(label, "cloud");
  await expect(failed.getByTestId("error")).toContainText(`“${label} & more”`);
  await expect(chat.questions.last()).toContainText(label);

  const foreign = await chat.page.evaluate(() => document.querySelectorAll(".weir img, .weir script, .weir [onerror]").length);
  expect(foreign).toBe(0);
  expect(await chat.page.evaluate(() => (globalThis as { alarm?: number }).alarm)).toBeUndefined();
  expect(stray).toEqual([]);
  expect(await violations()).toEqual([]);
  host.close();
});
