// A bad network must cost time only: no word lost, none twice, over cuts at any byte and a link that dies silently.
import { type APIRequestContext, expect, type Page, test } from "@playwright/test";
import { CuttingProxy } from "./cutting-proxy";
import { DESK, enterConversation, invite, myTurn, say } from "./world";

test("the transcript survives cuts at any byte and a half-open link", async ({ browser, baseURL }) => {
  test.setTimeout(120_000);
  const proxy = new CuttingProxy(new URL(baseURL ?? "").host);
  const server = await proxy.listen();
  const context = await browser.newContext({ ...DESK, proxy: { server, bypass: "<-loopback>" } });
  const page = await context.newPage();
  await enterConversation(page, await invite(browser, "Chaos"));

  proxy.cutting = true;
  await page.reload();
  for (const words of ["One naïve word first.", "Second, with an emoji 😀.", "And a third: “quoted”, thank you."]) {
    await say(page, words);
    await expect(page.getByText(/^(Sending|Goes to|Not sent yet)/)).toHaveCount(0, { timeout: 30_000 });
    await myTurn(page);
  }
  proxy.cutting = false;
  expect(proxy.cuts).toBeGreaterThanOrEqual(5);
  await sameAsRecord(page, context.request);

  await test.step("a link that dies silently is noticed and replaced", async () => {
    const before = proxy.tunnels;
    proxy.freeze();
    await expect.poll(() => proxy.tunnels, { timeout: 25_000 }).toBeGreaterThan(before);
    await say(page, "Are you still there?");
    await expect(page.getByText(/^(Sending|Goes to|Not sent yet)/)).toHaveCount(0, { timeout: 30_000 });
    await myTurn(page);
    await sameAsRecord(page, context.request);
  });
  await context.close();
  await proxy.close();
});

type Recorded = { role: string; content: string };

/** What stands on the page is what the host has on record, message for message. */
async function sameAsRecord(page: Page, request: APIRequestContext): Promise<void> {
  const id = page.url().split("/").at(-1);
  const answer = await request.get(`/api/conversations/${id}/messages?limit=200`);
  const { items } = (await answer.json()) as { items: Recorded[] };
  const said = items.filter((m) => m.content !== "");
  const scene = said.filter((m) => m.role !== "coach").map((m) => m.content);
  const notes = said.filter((m) => m.role === "coach").map((m) => m.content);
  const conversation = page.getByRole("region", { name: /^Conversation with/ }).getByRole("article");
  await expect.poll(async () => (await conversation.allTextContents()).map(bare)).toEqual(scene.map(bare));
  const margin = page.getByRole("region", { name: "Coach notes" }).getByRole("article");
  const texts = (await margin.allTextContents()).map(bare);
  expect(texts.length).toBe(notes.length);
  for (const [i, note] of notes.entries()) expect(texts[i]).toContain(bare(note));
}

/** Letters and figures only: the page shows Markdown as type, the record holds it as marks. */
const bare = (text: string) =>
  text.replace(/^\s*\d{1,3}[.)]\s/gm, "").replace(/[^\p{L}\p{N}\p{Emoji_Presentation}]/gu, "");
