// A page that the browser translates: every text node, even later ones, is inside elements that React doesn't know. The
// conversation must still work.
import { expect, type Page, test } from "@playwright/test";
import { answered, DESK, enterConversation, invite, myTurn, PHONE, say } from "./world";

/** Imitates a translator: wraps each text node in two elements, now and whenever text appears. */
function translate(): void {
  const wrap = (root: Node) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found: Text[] = [];
    while (walker.nextNode()) found.push(walker.currentNode as Text);
    if (root instanceof Text) found.push(root);
    for (const node of found) {
      const parent = node.parentElement;
      if (!parent || node.data.trim() === "" || parent.closest("font, script, style, title, textarea")) continue;
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      inner.textContent = node.data;
      outer.append(inner);
      node.replaceWith(outer);
    }
  };
  wrap(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) wrap(node);
  }).observe(document.body, { childList: true, subtree: true });
}

for (const [device, options] of [
  ["laptop", DESK],
  ["phone", PHONE],
] as const)
  test(`a translated page still works on a ${device}`, async ({ browser }) => {
    const page = await (await browser.newContext(options)).newPage();
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    await enterConversation(page, await invite(browser, "Translated"));
    await page.evaluate(translate);
    await say(page, "Do you have a moment?");
    await answered(page);
    await page.getByText("Ask the coach privately").filter({ visible: true }).click();
    await page.getByRole("textbox", { name: "Question for the coach" }).fill("Was that clear?");
    await page.getByRole("button", { name: "Ask the coach" }).click();
    await expect(page.getByRole("article", { name: "The coach's answer" })).toBeVisible({ timeout: 60_000 });
    await myTurn(page);
    await say(page, "I would like to talk about my pay.");
    await answered(page);
    await sameText(page);
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("button", { name: "End conversation" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End conversation" }).click();
    await expect(page.getByText("You ended this conversation.")).toBeVisible();
    await expect(page.getByText("couldn't be shown")).toHaveCount(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

/** Checks that the translated page shows exactly the text that the host has on record. */
async function sameText(page: Page): Promise<void> {
  const id = page.url().split("/").at(-1);
  const answer = await page.request.get(`/api/conversations/${id}/messages?limit=200`);
  const { items } = (await answer.json()) as { items: { role: string; content: string }[] };
  const bare = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, "");
  const shown = page.getByRole("region", { name: /^Conversation with/ }).getByRole("article");
  const said = items.filter((m) => m.role !== "coach" && m.content !== "Was that clear?");
  await expect.poll(async () => (await shown.allTextContents()).map(bare)).toEqual(said.map((m) => bare(m.content)));
}
