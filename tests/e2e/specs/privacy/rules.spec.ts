// What the user's rules forbid does not leave, whatever is attached and wished for.

import type { BrowserContext } from "@playwright/test";
import type { ChatPage, Subject } from "../../support/chat-page.ts";
import { photograph } from "../../support/jpeg.ts";
import { expect, test } from "../../support/test.ts";
import { Witness } from "../../support/witness.ts";

/** The hosts that are called from now on, by the page or its worker. */
function called(context: BrowserContext): Set<string> {
  const hosts = new Set<string>();
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "blob:" && url.protocol !== "data:") hosts.add(url.host);
  });
  return hosts;
}

const SUBJECTS = ["camera", "image", "clip"] as const satisfies readonly Subject[];

async function attach(chat: ChatPage, subject: (typeof SUBJECTS)[number]): Promise<void> {
  if (subject === "camera") await chat.capture("camera");
  else if (subject === "clip") await chat.capture("microphone");
  else await chat.attachPicture("a.jpg", "image/jpeg", await photograph(chat.page, 64, 64));
  await expect(chat.attachments).toHaveCount(1);
}

test("private mode, a budget of zero and a rule for text each keep a whole dialogue here", async ({ chat, context, gateway }) => {
  await chat.open({ stranger: true });
  await chat.loadModel();
  const before = await gateway.stats();
  const hosts = called(context);
  const keepHere: [on: () => Promise<void>, off: () => Promise<void>][] = [
    [() => chat.setPrivate(), () => chat.setPrivate(false)],
    [() => chat.setBudget("0"), () => chat.setBudget("")],
    [() => chat.setRule("text", "Never"), () => chat.setRule("text", "Allow")],
  ];
  for (const [on, off] of keepHere) {
    await on();
    await attach(chat, "camera");
    const here = await chat.ask("Name a colour.");
    await expect(here).toHaveAttribute("data-where", "local");
    for (const subject of ["image", "clip"] as const) {
      await attach(chat, subject);
      const wished = await chat.ask("Name another.", "cloud");
      await expect(wished).not.toHaveAttribute("data-where", "cloud");
    }
    await off();
  }
  expect([...hosts]).toEqual([...hosts].filter((host) => host === new URL(process.env["WEIR_PAGE"]!).host));
  expect(await gateway.stats()).toEqual(before);

  // The same eyes see what does leave.
  await chat.send("Name a third.", "cloud");
  await chat.approve();
  await chat.finished(chat.answers.last());
  expect(hosts).toContain(new URL(gateway.baseUrl).host);
  expect((await gateway.stats()).requests).toBe(before.requests + 1);
});

for (const subject of SUBJECTS) {
  test(`a rule against it keeps a ${subject} here and lets the text go`, async ({ chat }) => {
    const witness = await Witness.open();
    await chat.open();
    await chat.useProvider(witness.baseUrl);
    await chat.setRule(subject, "Never");
    await attach(chat, subject);
    await chat.ask("Name a colour.", "cloud");
    expect(witness.bodies).toHaveLength(1);
    expect(witness.uploads).toEqual([]);
    expect(witness.texts.at(-1)).toBe("Name a colour.");
    witness.close();
  });
}

test("what is not to be sent is answered here instead, or not at all", async ({ chat, context, gateway }) => {
  await chat.open();
  await chat.loadModel();
  const before = await gateway.stats();
  const hosts = called(context);
  await attach(chat, "camera");
  await chat.send("Name a colour.", "cloud");
  await chat.page.getByTestId("departure-here").click();
  const here = chat.answers.last();
  await chat.finished(here);
  await expect(here).toHaveAttribute("data-state", "done");
  await expect(here).toHaveAttribute("data-where", "local");

  await attach(chat, "clip");
  await chat.send("Name another.", "cloud");
  await chat.page.getByTestId("departure-withhold").click();
  await chat.finished(chat.answers.last());
  await expect(chat.answers.last()).toHaveAttribute("data-state", "failed");
  expect([...hosts].filter((host) => host !== new URL(process.env["WEIR_PAGE"]!).host)).toEqual([]);
  expect(await gateway.stats()).toEqual(before);
});
