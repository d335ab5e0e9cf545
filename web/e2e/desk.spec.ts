// The researcher's desk with a real host: invite, present, watch while a phone talks, note in mid-word, revoke; then acts
// on many invitations, and the team's tags.
import { expect, type Page, test } from "@playwright/test";
import { inspect } from "./inspect";
import {
  box,
  claim,
  DESK,
  enterConversation,
  inviteWith,
  myTurn,
  newInvitations,
  PHONE,
  STAFF,
  say,
  talk,
  unique,
} from "./world";

const noteBox = (page: Page) => page.getByRole("form", { name: "New note" }).getByRole("textbox", { name: "Note" });
const notes = (page: Page) => page.getByRole("region", { name: "Notes", exact: true });
const transcript = (page: Page) => page.getByRole("region", { name: /^Conversation between/ });

/**
 * Watches as usual until `hold` is called. From then on, a reply that is complete on the host keeps growing here until
 * `release` is called, so that typing meets it however fast the host is.
 */
async function heldReplies(page: Page) {
  let waiting: (() => void)[] | undefined;
  await page.routeWebSocket(/\/ws\/observe\//, (socket) => {
    socket.connectToServer().onMessage((frame) => {
      if (waiting && (waiting.length > 0 || String(frame).includes('"partner:done"')))
        waiting.push(() => socket.send(frame));
      else socket.send(frame);
    });
  });
  return {
    hold: () => {
      waiting = [];
    },
    release: () => {
      const held = waiting ?? [];
      waiting = undefined;
      for (const pass of held) pass();
    },
  };
}

test("a researcher invites, presents, watches a phone talk, notes in mid-word and revokes", async ({ browser }) => {
  test.setTimeout(300_000);
  const desk = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  const replies = await heldReplies(desk);
  const phone = await (await browser.newContext(PHONE)).newPage();
  const label = unique("P-07, negotiation pilot");
  await desk.goto("/research");
  await desk.getByRole("link", { name: "New invitation" }).click();
  await desk.getByLabel("Label", { exact: true }).fill(label);
  await desk.getByRole("button", { name: "Create invitation" }).click();
  await expect(desk.getByText("Waiting for the participant")).toBeVisible();
  const url = await desk.getByText(/\/invite\//).innerText();
  for (const format of ["svg", "png"]) {
    const href = await desk.getByRole("link", { name: format.toUpperCase() }).getAttribute("href");
    expect((await desk.request.get(href ?? "")).headers()["content-type"]).toContain(`image/${format}`);
  }
  await desk.getByRole("button", { name: "Present" }).click();
  await enterConversation(phone, url);
  await expect(desk.getByRole("dialog").getByText(/^Claimed at/)).toBeVisible();
  await desk.keyboard.press("Escape");

  await test.step("the desk shows who speaks, and watching begins there", async () => {
    await desk.getByRole("link", { name: "Desk" }).click();
    const row = desk.getByRole("region", { name: "Live now" }).getByRole("listitem").filter({ hasText: label });
    await expect(row).toContainText("The participant's turn");
    await row.getByRole("link", { name: `Watch ${label}` }).click();
    await expect(desk.getByText("You are watching.")).toBeVisible();
  });

  await test.step("a note is begun in mid-word and linked to the words that grow", async () => {
    const growing = transcript(desk).locator("article[data-live][aria-label$='is replying']");
    const begun = growing.getAttribute("aria-label");
    replies.hold();
    await say(phone, "Thank you for making time. I would like to talk about my pay.");
    const partner = (await begun)?.replace(" is replying", "") ?? "";
    await noteBox(desk).press("C");
    await expect(growing).toBeVisible();
    replies.release();
    await noteBox(desk).pressSequentially("alm so far.");
    await expect(desk.getByText(`Linked to turn 1, ${partner}`)).toBeAttached();
    await myTurn(phone);
    await noteBox(desk).press("Control+Enter");
    await expect(notes(desk).getByText("Calm so far.")).toBeVisible();
    await expect(transcript(desk).getByText("I would like to talk about my pay.")).toBeVisible();
    await expect(transcript(desk).getByRole("article", { name: "Coach note, turn 1" })).toBeVisible();
  });

  await test.step("a reload fills in everything, and nothing twice", async () => {
    const articles = () => transcript(desk).getByRole("article").allTextContents();
    const before = await articles();
    await desk.reload();
    await expect.poll(articles).toEqual(before);
  });

  await test.step("editing keeps the history", async () => {
    await notes(desk).getByText("Calm so far.").hover();
    await notes(desk).getByRole("button", { name: "Edit note" }).click();
    await desk.keyboard.press("Control+A");
    await desk.keyboard.type("Calm until the number.");
    await desk.keyboard.press("Control+Enter");
    await notes(desk).getByRole("button", { name: "edited" }).click();
    await expect(desk.getByRole("dialog").getByText("Calm so far.")).toBeVisible();
    await desk.keyboard.press("Escape");
  });

  await test.step("revoking stops the phone, and what was said stays", async () => {
    await desk.getByRole("button", { name: "Revoke", exact: true }).click();
    await desk.getByRole("button", { name: "Revoke invitation" }).click();
    await expect(desk.getByText("This invitation was revoked.")).toBeVisible();
    await box(phone).fill("One more thing.");
    await phone.getByRole("button", { name: /^Send to/ }).click();
    await expect(phone.getByText(/Your invitation was revoked/).first()).toBeVisible();
    await expect(transcript(desk).getByText("I would like to talk about my pay.")).toBeVisible();
  });
  await desk.context().close();
  await phone.context().close();
});

test("two windows of one researcher: notes appear in both, and an edit in each is a conflict", async ({ browser }) => {
  const context = await browser.newContext({ ...DESK, storageState: STAFF });
  const { id } = await inviteWith(browser, { label: unique("Two windows") });
  const [one, two] = [await context.newPage(), await context.newPage()];
  await one.goto(`/research/invitations/${id}`);
  await two.goto(`/research/invitations/${id}`);
  await noteBox(one).fill("Seen in both.");
  await noteBox(one).press("Control+Enter");
  await expect(notes(two).getByText("Seen in both.")).toBeVisible({ timeout: 5_000 });
  for (const page of [one, two]) {
    await notes(page).getByText("Seen in both.").hover();
    await notes(page).getByRole("button", { name: "Edit note" }).click();
  }
  const editor = (page: Page) => page.getByRole("form", { name: "Edit note" }).getByRole("textbox");
  await editor(one).fill("From the first.");
  await editor(one).press("Control+Enter");
  await expect(notes(one).getByText("From the first.")).toBeVisible();
  await editor(two).fill("From the second.");
  await editor(two).press("Control+Enter");
  await expect(two.getByRole("alert")).toContainText("From the first.");
  await expect(editor(two)).toHaveValue("From the second.");
  await two.getByRole("button", { name: "Save my text instead" }).click();
  await expect(notes(one).getByText("From the second.")).toBeVisible();
  await context.close();
});

test("a selection over two pages is extended, copied, printed and revoked", async ({ browser }) => {
  test.setTimeout(300_000);
  const permissions = ["clipboard-read", "clipboard-write"];
  const context = await browser.newContext({ ...DESK, storageState: STAFF, permissions });
  const page = await context.newPage();
  const label = unique("Class");
  const made = await newInvitations(context.request, { label, copies: 60 });
  await page.goto(`/research/invitations?search=${encodeURIComponent(label)}&sort=label`);
  const select = (n: string) => page.getByRole("checkbox", { name: `Select ${label}-${n}` });
  await select("01").check();
  await select("03").click({ modifiers: ["Shift"] });
  const bar = page.getByRole("region", { name: "Selected invitations" });
  await expect(bar.getByText("3 selected")).toBeVisible();
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByRole("checkbox", { name: "Select all 10 on this page" }).check();
  await expect(bar.getByText("13 selected")).toBeVisible();
  await inspect(page, "invitations selected");
  await page.setViewportSize({ width: 1280, height: 800 });

  await bar.getByRole("button", { name: "Extend" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Extend 13 invitations" }).click();
  await expect(dialog.getByText("Choose a last day, or add tokens.")).toBeVisible();
  await dialog.getByLabel("Last day").fill("2099-12-31");
  await inspect(page, "extend many", { widths: [320, 1280] });
  await page.setViewportSize({ width: 1280, height: 800 });
  await dialog.getByRole("button", { name: "Extend 13 invitations" }).click();
  await expect(bar.getByText("13 invitations extended.")).toBeVisible();

  await bar.getByRole("button", { name: "Copy links" }).click();
  await expect(bar.getByText("13 links copied.")).toBeVisible();
  const links = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
  expect(links).toEqual(expect.arrayContaining([made[0]?.url, made[1]?.url, made[2]?.url, made[59]?.url]));
  expect(links).toHaveLength(13);

  await bar.getByRole("button", { name: "Print codes" }).click();
  await expect(page.getByRole("img", { name: /^QR code/ })).toHaveCount(13);
  await page.goBack();

  // One is revoked meanwhile: it is refused by itself, the others are done.
  await page.goto(`/research/invitations?search=${encodeURIComponent(label)}&sort=label`);
  await select("01").check();
  await select("02").check();
  await context.request.post(`/api/invitations/${made[0]?.id}/revoke`);
  await bar.getByRole("button", { name: "Revoke" }).click();
  await expect(dialog.getByText(`${label}-02`)).toBeVisible();
  await inspect(page, "revoke many", { widths: [320, 1280] });
  await page.setViewportSize({ width: 1280, height: 800 });
  await dialog.getByRole("button", { name: "Revoke 2 invitations" }).click();
  await expect(bar.getByText(/^[12] invitations? revoked\.$/)).toBeVisible();
  await expect(page.getByRole("row", { name: `${label}-02` })).toContainText("Revoked");
  await context.close();
});

test("hundreds of rows: a claim shows within three seconds, and selecting one doesn't hitch", async ({ browser }) => {
  const context = await browser.newContext({ ...DESK, storageState: STAFF });
  const page = await context.newPage();
  const made = await newInvitations(context.request, { label: unique("Hall"), copies: 200 });
  await page.goto(`/research/invitations?batch=${made[0]?.id}`);
  await expect(page.getByRole("checkbox", { name: /^Select Hall/ })).toHaveCount(200);
  const guest = await browser.newContext();
  await claim(guest.request, made[0]?.url ?? "");
  await talk(guest.request, "Hello.");
  await expect(page.getByRole("row").nth(1)).not.toContainText("Not accepted yet", { timeout: 3_000 });
  await page.getByRole("checkbox", { name: "Select all 200 on this page" }).check();
  await expect(page.getByText("200 selected")).toBeVisible();
  await guest.close();
  await context.close();
});

test("the team's tags: set up, used in a note, filtered", async ({ browser }) => {
  const context = await browser.newContext({ ...DESK, storageState: STAFF });
  const { id } = await inviteWith(browser, { label: unique("Tagged") });
  const page = await context.newPage();
  await page.goto("/research/tags");
  await expect(page.getByRole("heading", { name: "Tags" })).toBeVisible();
  const name = unique("Pause");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByRole("textbox", { name: "Name of new tag" }).fill(name);
  const key = await page.getByRole("textbox", { name: `Key of ${name}` }).inputValue();
  await page.getByRole("button", { name: "Save tags" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Tags saved." })).toBeAttached();
  await page.goto(`/research/invitations/${id}`);
  await expect(page.getByRole("button", { name })).toBeVisible();
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press(key);
  await expect(page.getByRole("button", { name })).toHaveAttribute("aria-pressed", "true");
  await noteBox(page).fill("Long one.");
  await noteBox(page).press("Control+Enter");
  await expect(notes(page).getByRole("list", { name: "Tags" })).toHaveText(name);
  await noteBox(page).fill("Without a tag.");
  await noteBox(page).press("Control+Enter");
  await expect(notes(page).getByText("Without a tag.")).toBeVisible();
  await page.getByRole("combobox", { name: "Filter by tag" }).selectOption(name);
  await expect(notes(page).getByText("Without a tag.")).toHaveCount(0);
  await expect(notes(page).getByText("Long one.")).toBeVisible();
  await context.close();
});
