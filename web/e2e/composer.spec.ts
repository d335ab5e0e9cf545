// The message box: input methods of all browsers, nothing cut, and room to write and to read on every screen.
import { type BrowserContextOptions, expect, type Page, test } from "@playwright/test";
import { drawn } from "./inspect";
import { message, oneTurn, ScriptedHost } from "./scripted";
import { box, DESK, myTurn, PHONE } from "./world";

test.use(DESK);

/** An Enter that ends a composition, with the event order of each browser family. */
const orders: Record<string, (box: HTMLElement) => void> = {
  "Chrome and Firefox: keydown while composing": (e) => {
    e.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    const key = { key: "Enter", bubbles: true, cancelable: true, isComposing: true, keyCode: 229 };
    e.dispatchEvent(new KeyboardEvent("keydown", key));
    e.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "けいさつ" }));
  },
  "Safari: the composition ends first": (e) => {
    e.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    e.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "けいさつ" }));
    const key = { key: "Enter", bubbles: true, cancelable: true, isComposing: false, keyCode: 229 };
    e.dispatchEvent(new KeyboardEvent("keydown", key));
  },
  "older browsers: Process instead of Enter": (e) => {
    const key = { key: "Process", bubbles: true, cancelable: true, isComposing: true, keyCode: 229 };
    e.dispatchEvent(new KeyboardEvent("keydown", key));
  },
};
for (const [name, order] of Object.entries(orders))
  test(`an Enter that only confirms input-method text sends nothing: ${name}`, async ({ page }) => {
    const host = await ScriptedHost.open(page);
    await box(page).fill("けいさつ");
    await box(page).evaluate(order);
    await drawn(page);
    await expect(box(page)).toHaveValue("けいさつ");
    expect(host.said).toEqual([]);
    await box(page).press("Enter");
    await expect(box(page)).toHaveValue("");
    await expect.poll(() => host.said.length).toBe(1);
  });

test("a pasted text that is too long is kept in full and marked", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  await box(page).fill("😀".repeat(9_000));
  const status = page.getByRole("form", { name: "Your message" }).getByRole("status");
  await expect(status).toContainText("1,000 characters too long");
  await box(page).press("Enter");
  await expect(box(page)).toHaveValue("😀".repeat(9_000));
  expect(host.said).toEqual([]);
  await box(page).fill("😀".repeat(8_000));
  await expect(status).not.toContainText("too long");
  await box(page).press("Enter");
  await expect.poll(() => host.said.length).toBe(1);
});

test("the box grows with its text in browsers without field-sizing", async ({ page }) => {
  await ScriptedHost.open(page);
  await box(page).evaluate((e) => e.style.setProperty("field-sizing", "fixed", "important"));
  const height = async () => (await box(page).boundingBox())?.height ?? 0;
  expect(await height()).toBeLessThan(48);
  await box(page).fill("one\ntwo\nthree\nfour");
  await expect.poll(height).toBeGreaterThan(100);
  await box(page).fill("line\n".repeat(60));
  await expect.poll(height).toBeLessThan(170);
  await box(page).fill("one");
  await expect.poll(height).toBeLessThan(48);
});

const low: [string, BrowserContextOptions, string][] = [
  ["844 × 190", { ...PHONE, viewport: { width: 844, height: 190 } }, ""],
  ["320 × 300", { ...PHONE, viewport: { width: 320, height: 300 } }, ""],
  ["320 × 568", { ...PHONE, viewport: { width: 320, height: 568 } }, ""],
  ["390 × 844 with 200 % text", PHONE, "200%"],
  ["1280 × 800 with 200 % text", DESK, "200%"],
];
for (const [name, options, text] of low)
  test(`there is room to read and to write at ${name}`, async ({ browser }) => {
    const page = await (await browser.newContext(options)).newPage();
    const host = await ScriptedHost.open(page);
    await page.evaluate((size) => {
      document.documentElement.style.fontSize = size;
    }, text);
    await myTurn(page);
    await roomy(page, "idle");
    host.says({ type: "quota", turnsLeft: 4, limit: "conversation" }, { type: "turn", turn: 2, state: "coach" });
    host.says({ type: "coach:delta", messageId: 7, turn: 2, off: 0, content: "A note with many words. ".repeat(30) });
    await expect(page.getByText("The coach is writing").filter({ visible: true }).first()).toBeVisible();
    await roomy(page, "a note streams, few turns are left");
    await box(page).fill("One line\nand another\nand a third\nand a fourth\nand a fifth");
    host.says({ type: "turn", turn: 2, state: "partner" });
    await roomy(page, "a long draft and Stop");
    host.says({ type: "turn", turn: 2, state: "idle" });
    const notes = page.getByRole("button", { name: /^Coach notes|Show all of the coach's notes/ });
    if (await notes.isVisible()) {
      await notes.click();
      await expect(page.getByRole("article", { name: "Coach note, turn 1" })).toBeAttached();
      await roomy(page, "the notes are open");
      await page.getByRole("button", { name: "Hide the coach's notes" }).click();
    }
    await page.context().setOffline(true);
    await expect(page.getByText(/You're offline/)).toBeVisible();
    await roomy(page, "offline");
    await page.context().close();
  });

/** Checks that the transcript has 96 px, the box and its buttons are inside the window, and no parts overlap. */
async function roomy(page: Page, state: string): Promise<void> {
  await drawn(page);
  const found = await page.evaluate(() => {
    const rect = (selector: string) => document.querySelector(selector)?.getBoundingClientRect();
    const [scene, form] = [rect("section[aria-label^='Conversation with']"), rect("form")];
    const [header, say] = [rect("header"), rect("#say")];
    const buttons = [...document.querySelectorAll("form button")].map((b) => b.getBoundingClientRect());
    const strip = [...document.querySelectorAll("section[aria-label=Coach]")].map((s) => s.getBoundingClientRect());
    if (!scene || !form || !header || !say) return ["a part is missing"];
    const wrong: string[] = [];
    const covered = scene.height === 0 && strip.some((s) => s.height >= 96);
    if (scene.height < 96 && !covered) wrong.push(`the transcript has ${scene.height} px`);
    for (const part of [say, ...buttons])
      if (part.height > 0 && (part.top < 0 || part.bottom > innerHeight + 0.5 || part.right > innerWidth + 0.5))
        wrong.push(`a part of the box is outside the window: ${part.top} to ${part.bottom}`);
    if (!covered && (header.bottom > scene.top + 0.5 || scene.bottom > form.top + 0.5)) wrong.push("parts overlap");
    for (const s of strip)
      if (s.height > 0 && s.right <= form.right + 1 && (s.top < scene.bottom - 0.5 || s.bottom > form.top + 0.5))
        wrong.push("the strip overlaps another part");
    const page = document.documentElement;
    if (page.scrollHeight > innerHeight || page.scrollWidth > innerWidth) wrong.push("the page scrolls");
    return wrong;
  });
  expect(found, state).toEqual([]);
}

test("in forced-colors mode, recipients and speakers are still recognizable", async ({ page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await ScriptedHost.open(page, { messages: [...oneTurn, message(5, 2, "user", "Again.")] });
  const look = (words: string) =>
    page
      .getByText(words, { exact: true })
      .locator("xpath=..")
      .evaluate((e) => getComputedStyle(e).backgroundColor);
  const [toDana, toCoach] = [await look("Say to Dana"), await look("Ask the coach privately")];
  expect(toDana).not.toBe(toCoach);
  await page.getByText("Ask the coach privately").click();
  expect(await look("Ask the coach privately")).toBe(toDana);
  expect(await look("Say to Dana")).toBe(toCoach);
  const border = (name: string) =>
    page
      .getByRole("article", { name, exact: true })
      .last()
      .evaluate((e) => getComputedStyle(e).borderTopWidth);
  expect([await border("You"), await border("Dana")]).toEqual(["3px", "1px"]);
});
