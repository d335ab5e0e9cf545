// User input is always shown as text: no payload runs or sends a request to another host.
import { expect, type Page, test } from "@playwright/test";
import { answered, DESK, enterConversation, invite, PHONE, STAFF, say } from "./world";

const run = "window.hit=1";
const payloads = [
  `<script>${run}</script>`,
  `</textarea><script>${run}</script>`,
  `<img src=x onerror="${run}">`,
  `<img src="//evil.example/x.png">`,
  `<svg onload="${run}">`,
  `<svg><script>${run}</script></svg>`,
  `<iframe src="javascript:${run}"></iframe>`,
  `<iframe srcdoc="<script>parent.hit=1</script>"></iframe>`,
  `<a href="javascript:${run}">here</a>`,
  `[here](javascript:${run})`,
  `![x](//evil.example/x.png)`,
  `![x](javascript:${run})`,
  `<body onload="${run}">`,
  `<details open ontoggle="${run}">`,
  `<video><source onerror="${run}"></video>`,
  `<audio src=x onerror="${run}">`,
  `<input autofocus onfocus="${run}">`,
  `<select autofocus onfocus="${run}">`,
  `<textarea autofocus onfocus="${run}">`,
  `<marquee onstart="${run}">`,
  `<object data="javascript:${run}"></object>`,
  `<embed src="javascript:${run}">`,
  `<math><mtext><script>${run}</script></mtext></math>`,
  `<link rel=stylesheet href="//evil.example/x.css">`,
  `<style>@import "//evil.example/x.css";</style>`,
  `<base href="//evil.example/">`,
  `<meta http-equiv=refresh content="0;url=//evil.example/">`,
  `<form action="//evil.example/"><button>here</button></form>`,
  `"><script>${run}</script>`,
  `'><script>${run}</script>`,
  `--><script>${run}</script>`,
  `]]><script>${run}</script>`,
  `\${${run}}`,
  `{{constructor.constructor('${run}')()}}`,
  `<%= ${run} %>`,
  `&lt;script&gt;${run}&lt;/script&gt;`,
  `\\u003cscript\\u003e${run}\\u003c/script\\u003e`,
  `<x style="background:url(//evil.example/x)">`,
  `<p onclick="${run}" style="position:fixed;inset:0">x</p>`,
  `**<b onmouseover="${run}">x</b>**`,
];

test("user input never runs", async ({ browser }) => {
  expect(payloads).toHaveLength(40);
  const label = `${payloads[2]}${payloads[0]}`;
  const url = await invite(browser, label);
  const guest = await (await browser.newContext(PHONE)).newPage();
  const staff = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  const hits = [watched(guest), watched(staff)];
  await enterConversation(guest, url);
  for (let from = 0; from < payloads.length; from += 10) {
    await say(guest, payloads.slice(from, from + 10).join("\n"));
    await answered(guest);
  }
  await guest.reload();
  for (const payload of [payloads[0], payloads[39]]) {
    await expect(guest.getByText(payload ?? "").first()).toBeVisible();
  }
  for (const path of ["/research/invitations", "/admin/audit"]) {
    await staff.goto(path);
    await expect(staff.getByText(label).first()).toBeVisible();
  }
  expect((await Promise.all(hits.map((each) => each()))).flat()).toEqual([]);
  await guest.context().close();
  await staff.context().close();
});

/** Collects a page's dialogs, requests to other hosts and payloads that ran. */
function watched(page: Page): () => Promise<string[]> {
  const hits: string[] = [];
  page.on("dialog", (dialog) => {
    hits.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url().includes("evil.example")) hits.push(request.url());
  });
  return async () => [...hits, ...((await page.evaluate(() => "hit" in window)) ? ["it ran"] : [])];
}
