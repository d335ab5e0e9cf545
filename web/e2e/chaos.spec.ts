// A bad network and a crashing host may only cost time: no text is lost or duplicated by cuts at any byte, restarts in
// mid-word and a silent connection.
import { type APIRequestContext, type Browser, expect, type Page, request, test } from "@playwright/test";
import { CuttingProxy } from "./cutting-proxy";
import { DATABASES, type Database, OwnHost } from "./own-host";
import { answered, box, DESK, enterConversation, newInvitation, say } from "./world";

const CUTS = 12;
const RESTARTS = 3;

for (const database of DATABASES)
  test(`on ${database}, the transcript survives cuts at any byte, restarts in mid-word and a half-open connection`, ({
    browser,
  }) => survives(browser, database));

async function survives(browser: Browser, database: Database): Promise<void> {
  test.setTimeout(300_000);
  const { host, signInLink } = await OwnHost.start(database);
  const proxy = new CuttingProxy(host.address);
  const context = await browser.newContext({
    ...DESK,
    baseURL: `http://${host.address}`,
    proxy: { server: await proxy.listen(), bypass: "<-loopback>" },
  });
  const page = await context.newPage();
  await enterConversation(page, await invitationBy(signInLink));

  await test.step("cuts", async () => {
    proxy.cutting = true;
    await page.reload();
    const words = ["One naïve word first.", "Second, with an emoji 😀.", "And a third: “quoted”, thank you."];
    for (let i = 0; proxy.cuts < CUTS; i++) {
      await say(page, words[i] ?? `And once more, for the ${i + 1}th time.`);
      await arrived(page);
    }
    proxy.cutting = false;
    await sameAsRecord(page, context.request);
  });

  await test.step("restarts", async () => {
    for (let i = 0; i < RESTARTS; i++) {
      // Watched inside the page: on a busy machine, the reply may be complete before the test looks.
      const speaking = page.waitForFunction(() => document.querySelector("article[data-live]")?.textContent?.trim());
      await say(page, `What do you say to restart ${i + 1}?`);
      await speaking;
      await host.restart();
      await arrived(page);
      await sameAsRecord(page, context.request);
    }
  });

  await test.step("a silent connection", async () => {
    const before = proxy.tunnels;
    proxy.freeze();
    await box(page).fill("Are you still there?");
    await page.getByRole("button", { name: /^Send to/ }).click();
    await expect.poll(() => proxy.tunnels, { timeout: 60_000 }).toBeGreaterThan(before);
    await arrived(page);
    await sameAsRecord(page, context.request);
  });
  await context.close();
  await proxy.close();
  await host.end();
}

async function invitationBy(signInLink: string): Promise<string> {
  const { origin, hash } = new URL(signInLink);
  const staff = await request.newContext({ baseURL: origin });
  await staff.post("/api/auth/admin-link", { data: { token: hash.replace("#token=", "") } });
  return newInvitation(staff, "Chaos");
}

/** Waits until the host has accepted the last message and both voices have answered. */
async function arrived(page: Page): Promise<void> {
  await expect(page.getByText(/^(Sending|Goes to|Waiting for)/)).toHaveCount(0, { timeout: 60_000 });
  await answered(page);
}

type Recorded = { role: string; content: string };

/** Checks that the page shows exactly the messages that the host has on record. */
async function sameAsRecord(page: Page, request: APIRequestContext): Promise<void> {
  const id = page.url().split("/").at(-1);
  const answer = await request.get(`/api/conversations/${id}/messages?limit=200`);
  const { items } = (await answer.json()) as { items: Recorded[] };
  const said = items.filter((m) => m.content !== "");
  const scene = said.filter((m) => m.role !== "coach").map((m) => m.content);
  const notes = said.filter((m) => m.role === "coach").map((m) => m.content);
  const conversation = page
    .getByRole("region", { name: /^Conversation with/ })
    .getByRole("article")
    // Text that wasn't stored before the host crashed is missing on both sides.
    .filter({ hasNotText: "was lost before it began" });
  await expect.poll(async () => (await conversation.allTextContents()).map(bare)).toEqual(scene.map(bare));
  const margin = page.getByRole("region", { name: "Coach notes" }).getByRole("article");
  await expect(margin).toHaveCount(notes.length);
  const texts = (await margin.allTextContents()).map(bare);
  for (const [i, note] of notes.entries()) expect(texts[i]).toContain(bare(note));
}

/** Keeps only letters and digits, because the page renders the record's Markdown. */
const bare = (text: string) =>
  text.replace(/^\s*\d{1,3}[.)]\s/gm, "").replace(/[^\p{L}\p{N}\p{Emoji_Presentation}]/gu, "");
