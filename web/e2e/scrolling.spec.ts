// Text stays in place while it is read: a sent message moves to the top, its answer grows below, nothing above moves.
import { expect, type Locator, test } from "@playwright/test";
import type { TranscriptMessage } from "../src/live/frames";
import { drawn } from "./inspect";
import { idle, message, oneTurn, ScriptedHost, scene } from "./scripted";
import { box, DESK, PHONE } from "./world";

const topOf = async (where: Locator) => Math.round((await where.boundingBox())?.y ?? -1);
const words = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `word ${from + i} `).join("");

const longBefore: TranscriptMessage[] = Array.from({ length: 24 }, (_, i) =>
  message(i + 1, Math.floor(i / 2) + 1, i % 2 === 0 ? "user" : "partner", `Message ${i + 1} of an earlier turn.`),
);

for (const [device, options] of [
  ["laptop", DESK],
  ["phone", PHONE],
] as const)
  test(`the sent message stays at the top while its answer grows below, on a ${device}`, async ({ browser }) => {
    const page = await (await browser.newContext(options)).newPage();
    const host = await ScriptedHost.open(page, { messages: longBefore });
    await box(page).fill("Because ramp-up went from nine weeks to five.");
    await page.getByRole("button", { name: /^Send to/ }).click();
    const { turn } = await host.accepts(13, 25);
    const mine = scene(page).getByRole("article", { name: "You", exact: true }).last();
    await expect(mine).toHaveText("Because ramp-up went from nine weeks to five.");
    const area = await topOf(scene(page));
    await expect.poll(async () => (await topOf(mine)) - area).toBeLessThan(30);

    const answer = page.locator("article[data-live]").first();
    host.says({ type: "partner:delta", messageId: 26, turn, off: 0, content: words(0, 10) });
    await expect(answer).toContainText("word 9");
    await drawn(page);
    const [mineTop, answerTop] = [await topOf(mine), await topOf(answer)];
    expect(answerTop).toBeGreaterThan(mineTop);
    // Three screens of text, delta by delta.
    for (let i = 10; i < 600; i += 59) {
      const off = words(0, i).length;
      host.says({ type: "partner:delta", messageId: 26, turn, off, content: words(i, i + 59) });
      await expect(answer).toContainText(`word ${i + 58}`);
      await drawn(page);
      expect([await topOf(mine), await topOf(answer)], `after word ${i + 58}`).toEqual([mineTop, answerTop]);
    }
    const latest = page.getByRole("button", { name: "Latest" });
    await expect(latest).toBeVisible();
    host.says(
      { type: "partner:done", messageId: 26, turn, status: "complete" },
      { type: "turn", turn, state: "coach" },
    );
    host.says({ type: "coach:delta", messageId: 27, turn, off: 0, content: words(0, 60) });
    await expect(page.getByText("The coach is writing").filter({ visible: true }).first()).toBeVisible();
    host.says({ type: "coach:done", messageId: 27, turn, status: "complete" }, idle(turn));
    await expect(answer).toHaveCount(0);
    await drawn(page);
    const settled = scene(page).getByRole("article", { name: "Dana" }).last();
    expect([await topOf(mine), await topOf(settled)], "when both answers are complete").toEqual([mineTop, answerTop]);
    await latest.click();
    await expect(latest).toHaveCount(0);
    await expect(scene(page).getByText("word 599").last()).toBeInViewport();
    await page.context().close();
  });

test("on a small phone, nothing moves when the note and its hint appear", async ({ browser }) => {
  const page = await (await browser.newContext({ ...PHONE, viewport: { width: 320, height: 568 } })).newPage();
  const host = await ScriptedHost.open(page, { person: "new here" });
  await box(page).fill("Because ramp-up went from nine weeks to five, and I would like my pay to say so.");
  await page.getByRole("button", { name: /^Send to/ }).click();
  const { turn } = await host.accepts(2, 5);
  host.says({ type: "partner:delta", messageId: 6, turn, off: 0, content: words(0, 12) });
  host.says({ type: "partner:done", messageId: 6, turn, status: "complete" }, { type: "turn", turn, state: "coach" });
  const answer = scene(page).getByRole("article", { name: "Dana" }).last();
  await expect(answer).toContainText("word 11");
  await drawn(page);
  const place = await topOf(answer);
  host.says({ type: "coach:delta", messageId: 7, turn, off: 0, content: words(0, 90) });
  await expect(page.getByText("Turn 2, writing")).toBeVisible();
  await drawn(page);
  expect(await topOf(answer)).toBe(place);
  host.says({ type: "coach:done", messageId: 7, turn, status: "complete" }, idle(turn));
  await expect(page.getByRole("note")).toBeVisible();
  await drawn(page);
  expect(await topOf(answer)).toBe(place);
  await page.context().close();
});

test("a reader who scrolled away stays in place and sees how many messages arrived", async ({ browser }) => {
  const page = await (await browser.newContext(DESK)).newPage();
  const host = await ScriptedHost.open(page, { messages: longBefore });
  const early = scene(page).getByText("Message 3 of an earlier turn.");
  await early.scrollIntoViewIfNeeded();
  await drawn(page);
  const place = await topOf(early);
  host.says(
    { type: "turn", turn: 13, state: "partner" },
    { type: "partner:delta", messageId: 26, turn: 13, off: 0, content: words(0, 200) },
    { type: "partner:done", messageId: 26, turn: 13, status: "complete" },
    idle(13),
  );
  await expect(page.getByRole("button", { name: "Latest, 1 new", exact: true })).toBeVisible();
  expect(await topOf(early)).toBe(place);
  await page.context().close();
});

test("text direction follows the text, and the language follows the scenario", async ({ browser }) => {
  const page = await (await browser.newContext(DESK)).newPage();
  const arabic = "أنا أسمعك، لكن الميزانية محدودة (10%)!";
  const messages = [
    ...oneTurn.slice(0, 1),
    message(2, 1, "user", "שלום, יש לך רגע?"),
    message(3, 1, "partner", arabic),
    message(4, 1, "coach", `${arabic}\n\n- أولا: قل ما تريد.`),
  ];
  await ScriptedHost.open(page, { messages, conversation: { language: "ar" } });
  const direction = (text: string | RegExp) =>
    page
      .getByText(text)
      .first()
      .evaluate((e) => getComputedStyle(e).direction);
  expect(await direction("שלום")).toBe("rtl");
  expect(await direction(arabic)).toBe("rtl");
  expect(await direction("أولا")).toBe("rtl");
  expect(await direction("Come in. What is it?")).toBe("ltr");
  await expect(scene(page).locator("[lang=ar]").getByText(arabic)).toBeVisible();
  await box(page).fill("شكرا");
  await expect(box(page)).toHaveCSS("direction", "rtl");
  await box(page).fill("Thanks");
  await expect(box(page)).toHaveCSS("direction", "ltr");
  await page.context().close();
});
