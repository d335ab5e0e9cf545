// Speed where it matters: the first load on a slow phone, and typing while an answer streams. Test machines are shared
// and their timings noisy, so a time over its budget is only reported; results that can't be noise fail the test.
import { type Browser, type BrowserContextOptions, expect, type Locator, type Page, test } from "@playwright/test";
import type { TranscriptMessage } from "../src/live/frames";
import { drawn } from "./inspect";
import { idle, message, ScriptedHost } from "./scripted";
import { box, claim, DESK, invite, newInvitation, PHONE, STAFF, talk } from "./world";

const TIMES = 3;
const BUDGET = { lcp: 2_500, cls: 0.02, typing: 200, longTasks: 300 };
/** A CPU four times slower, 1.6 Mbit/s, 150 ms latency. */
const SLOW_CPU = 4;
const SLOW_NET = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };

test.describe.configure({ mode: "serial" });

test("the first load on a slow phone: invitation, home and a conversation", async ({ browser }) => {
  const fresh = await invite(browser, "First look");
  const guest = await browser.newContext(PHONE);
  await claim(guest.request, await invite(browser, "First look, inside"));
  await talk(guest.request, "Ramp-up went from nine weeks to five.");
  const inside = { ...PHONE, storageState: await guest.storageState() };
  const { items } = (await (await guest.request.get("/api/conversations")).json()) as { items: { id: string }[] };
  await guest.close();
  await firstLook(browser, "invitation", fresh, PHONE, (page) => page.getByRole("checkbox"));
  await firstLook(browser, "home", "/", inside, (page) => page.getByRole("heading", { name: "Continue" }));
  const conversation = `/conversation/${items[0]?.id}`;
  await firstLook(browser, "conversation", conversation, inside, (page) => page.getByRole("article", { name: "You" }));
});

test("the first load of an invitation's own page", async ({ browser }) => {
  const staff = await browser.newContext({ storageState: STAFF });
  const url = await newInvitation(staff.request, "First look, researcher");
  const { items } = (await (await staff.request.get("/api/invitations")).json()) as {
    items: { id: string; url?: string }[];
  };
  await staff.close();
  const id = items.find((i) => i.url === url)?.id;
  await firstLook(browser, "detail", `/research/invitations/${id}`, { ...PHONE, storageState: STAFF }, (page) =>
    page.getByRole("img", { name: /QR code/ }),
  );
});

test("typing while a reply and a note stream into a long conversation", async ({ browser }) => {
  const rows = Array.from({ length: 150 }, (_, i): TranscriptMessage => {
    const role = (["user", "partner", "coach"] as const)[i % 3] ?? "user";
    return message(i + 1, Math.floor(i / 3) + 1, role, `Message ${i + 1}, **which** is about as long as messages are.`);
  });
  const page = await (await browser.newContext(DESK)).newPage();
  const host = await ScriptedHost.open(page, { messages: rows });
  await expect(page.getByRole("article")).toHaveCount(rows.length);
  await box(page).focus();
  await page.evaluate(watchTyping);
  const typed = "I would like to come back to what you said about the date.";
  await Promise.all([stream(host, 51), box(page).pressSequentially(typed, { delay: 60 })]);
  await expect(box(page)).toHaveValue(typed);
  await expect(page.getByRole("article", { name: "Dana" }).last()).toContainText("word 199");
  await expect(page.getByRole("article", { name: "Coach note, turn 51" })).toContainText("word 199");
  const { keys, longTasks } = await page.evaluate(() => (window as unknown as { typing: Typing }).typing);
  // The browser doesn't report events shorter than a frame.
  const slow = keys.sort((a, b) => b - a);
  report("typing, p98", slow[Math.floor(typed.length * 0.02)] ?? 0, BUDGET.typing, "ms");
  report("typing, long tasks", longTasks, BUDGET.longTasks, "ms");
  await page.context().close();
});

/** Locates the element that appears last. */
type Last = (page: Page) => Locator;
type Typing = { keys: number[]; longTasks: number };
type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };

/** Loads a page three times, each time with an empty cache, and reports the median. */
async function firstLook(
  browser: Browser,
  what: string,
  url: string,
  options: BrowserContextOptions,
  last: Last,
): Promise<void> {
  const looks: { lcp: number; cls: number }[] = [];
  for (let i = 0; i < TIMES; i++) {
    const context = await browser.newContext(options);
    looks.push(await look(await context.newPage(), url, last));
    await context.close();
  }
  report(`${what}, largest paint`, median(looks.map((l) => l.lcp)), BUDGET.lcp, "ms");
  const cls = median(looks.map((l) => l.cls));
  report(`${what}, layout shift`, cls, BUDGET.cls, "");
  expect(cls, `${what}: visible content moves`).toBeLessThan(0.1);
}

async function look(page: Page, url: string, last: Last): Promise<{ lcp: number; cls: number }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", SLOW_NET);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOW_CPU });
  await page.addInitScript(() => {
    const seen = { lcp: 0, cls: 0 };
    Object.assign(window, { seen });
    const watch = (type: string, take: (entry: PerformanceEntry) => void) =>
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
    watch("largest-contentful-paint", (entry) => {
      seen.lcp = entry.startTime;
    });
    watch("layout-shift", (entry) => {
      const shift = entry as Shift;
      if (!shift.hadRecentInput) seen.cls += shift.value;
    });
  });
  await page.goto(url);
  await expect(last(page)).toBeVisible();
  await drawn(page);
  return page.evaluate(() => (window as unknown as { seen: { lcp: number; cls: number } }).seen);
}

function watchTyping(): void {
  const typing: Typing = { keys: [], longTasks: 0 };
  Object.assign(window, { typing });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "keydown") typing.keys.push(entry.duration);
  }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) typing.longTasks += entry.duration;
  }).observe({ type: "longtask" });
}

/** Streams a reply and then a note: two hundred deltas each, a hundred per second. */
async function stream(host: ScriptedHost, turn: number): Promise<void> {
  host.says({ type: "message", message: message(151, turn, "user", "And what about the date?") });
  for (const [voice, messageId] of [
    ["partner", 152],
    ["coach", 153],
  ] as const) {
    host.says({ type: "turn", turn, state: voice });
    let off = 0;
    await everyHundredth(200, (i) => {
      const content = `word ${i} `;
      host.says({ type: `${voice}:delta`, messageId, turn, off, content });
      off += content.length;
    });
    host.says({ type: `${voice}:done`, messageId, turn, status: "complete" });
  }
  host.says(idle(turn));
}

/** Calls `act` `count` times, every hundredth of a second. */
const everyHundredth = (count: number, act: (i: number) => void) =>
  new Promise<void>((done) => {
    let i = 0;
    const timer = setInterval(() => {
      act(i++);
      if (i < count) return;
      clearInterval(timer);
      done();
    }, 10);
  });

const median = (numbers: number[]) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

function report(what: string, value: number, budget: number, unit: string): void {
  const figure = unit === "ms" ? `${Math.round(value)} ms` : value.toFixed(3);
  const words = `${value > budget ? "OVER" : "ok  "} ${figure} of ${budget}${unit && ` ${unit}`}  ${what}`;
  console.log(words);
  test.info().annotations.push({ type: value > budget ? "warning" : "budget", description: words });
}
