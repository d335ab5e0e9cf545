// Inspects a page as it is: axe violations in both themes, elements that are cut off, and targets too small for a thumb.
import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

const WIDTHS = [320, 390, 768, 1280];
const AXE_WIDTHS = [390, 1280];

type Options = { thumbs?: boolean; widths?: number[] };

export async function inspect(
  page: Page,
  what: string,
  { thumbs = false, widths = WIDTHS }: Options = {},
): Promise<void> {
  await expect(page.getByRole("heading", { level: 1, includeHidden: true })).toHaveCount(1);
  for (const width of widths) {
    await page.setViewportSize({ width, height: width < 700 ? 844 : 800 });
    await drawn(page);
    expect.soft(await cutOff(page), `${what}: cut off at ${width} px`).toEqual([]);
    if (width === 320 || width === 1280) {
      // Real text zoom also moves breakpoints, this doesn't, so widths in between would show states that never occur.
      await setTextSize(page, "200%");
      await drawn(page);
      expect.soft(await cutOff(page), `${what}: cut off at ${width} px and 200 % text`).toEqual([]);
      await setTextSize(page, "");
    }
    if (thumbs && width <= 390) expect.soft(await smallTargets(page), `${what}: targets under 44 px`).toEqual([]);
    if (AXE_WIDTHS.includes(width))
      for (const theme of ["light", "dark"]) await axe(page, `${what}, ${width} px`, theme);
  }
}

/** Waits until layout, fonts and running animations have settled. */
export const drawn = (page: Page) =>
  page.evaluate(async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await document.fonts.ready;
    await frame();
    await frame();
    const ends = document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ends.map((a) => a.finished));
  });

type Axe = { run: (where: Document, options: object) => Promise<{ violations: Violation[] }> };
type Violation = { id: string; nodes: { html: string }[] };

async function axe(page: Page, what: string, theme: string): Promise<void> {
  await page.evaluate((t) => {
    document.documentElement.dataset.theme = t;
  }, theme);
  await drawn(page);
  // The first run injects axe; later runs reuse it and skip its long list of passed checks.
  const there = await page.evaluate(() => "axe" in window);
  if (!there) await new AxeBuilder({ page }).setLegacyMode().withRules(["document-title"]).analyze();
  const violations = await page.evaluate(async (dark) => {
    const { run } = (window as unknown as { axe: Axe }).axe;
    // The dark theme only changes colors.
    const rules = dark ? { runOnly: ["color-contrast"] } : {};
    return (await run(document, { resultTypes: ["violations"], ...rules })).violations;
  }, theme === "dark");
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" | ")}`);
  expect.soft(found, `${what}, ${theme}`).toEqual([]);
}

const setTextSize = (page: Page, size: string) =>
  page.evaluate((s) => {
    document.documentElement.style.fontSize = s;
  }, size);

/** Returns elements whose right edge is outside the window, which axe doesn't check. */
const cutOff = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((e) => e.getBoundingClientRect().width > 1 && e.getBoundingClientRect().right > innerWidth + 1)
      .map((e) => e.outerHTML.slice(0, 120)),
  );

/** Returns targets smaller than 44 px, except for links inside a sentence. */
const smallTargets = (page: Page) =>
  page.evaluate(() => {
    const targets = [...document.querySelectorAll("button, a[href], label:has(input), textarea, select, input")];
    return targets
      .filter((e) => e.checkVisibility() && !e.closest(".sr-only, [popover]:not(:popover-open)"))
      .filter((e) => !(e.matches("input") && e.closest("label")) && getComputedStyle(e).display !== "inline")
      .filter((e) => e.getBoundingClientRect().height < 43.5 || e.getBoundingClientRect().width < 43.5)
      .map((e) => e.outerHTML.slice(0, 120));
  });
