// Watching live and taking notes, with a host that the test plays: what is rare or slow with a real one.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { message } from "./scripted";
import {
  byLena,
  CONVERSATION,
  conversation,
  emptyDesk,
  INVITATION,
  invitation,
  lena,
  liveEntry,
  note,
  ScriptedDesk,
} from "./scripted-desk";
import { DESK } from "./world";

test.use(DESK);

const box = (page: Page) => page.getByRole("form", { name: "New note" }).getByRole("textbox", { name: "Note" });
const add = (page: Page) => page.getByRole("button", { name: "Add note" });
const transcript = (page: Page) => page.getByRole("region", { name: /^Conversation between/ });
const notes = (page: Page) => page.getByRole("region", { name: "Notes", exact: true });
const signedOut = { status: 401, json: { type: "about:blank", title: "sign in", status: 401, code: "login" } };

test("a researcher joins in mid-word, sees both streams, and can't send anything", async ({ page }) => {
  const host = await ScriptedDesk.watch(page, { observers: [lena] });
  const turn = 2;
  host.says(
    { type: "message", message: message(5, turn, "user", "Because ramp-up went from nine weeks to five.") },
    { type: "turn", turn, state: "partner" },
    { type: "partner:delta", messageId: 6, turn, off: 0, content: "Five wee" },
  );
  const growing = transcript(page).getByRole("article", { name: "Dana is replying" });
  await expect(growing).toHaveText("Five wee");
  host.says({ type: "partner:delta", messageId: 6, turn, off: 8, content: "ks is good." });
  await expect(growing).toHaveText("Five weeks is good.");
  host.says(
    { type: "partner:done", messageId: 6, turn, status: "complete" },
    { type: "turn", turn, state: "coach" },
    { type: "coach:delta", messageId: 7, turn, off: 0, content: "Stay with the number." },
  );
  await expect(transcript(page).getByRole("article").last()).toHaveText("Stay with the number.");
  await expect(page.getByText("The coach is writing", { exact: true })).toBeVisible();
  await expect(page.getByText("Lena Ortiz is watching, too.")).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(1);
  await page.keyboard.press("Escape");
  expect(host.got).toEqual([]);
});

test("what was missed during a lost connection appears in place", async ({ page }) => {
  const host = await ScriptedDesk.watch(page);
  host.reachable = false;
  await host.cut();
  await expect(page.getByText("Connection lost. Reconnecting…")).toBeVisible();
  host.reachable = true;
  await expect.poll(() => host.watching).toBe(2);
  host.says({ type: "message", message: message(5, 2, "user", "Said while you were away.") });
  await expect(transcript(page).getByRole("article").last()).toHaveText("Said while you were away.");
  await expect(page.getByText("The participant's turn")).toBeVisible();
});

test("a researcher who reads further up isn't moved", async ({ page }) => {
  const long = Array.from({ length: 60 }, (_, i) =>
    message(i + 1, Math.floor(i / 2) + 1, i % 2 ? "partner" : "user", `Line ${i + 1}.\n\nAnd more.`),
  );
  const host = await ScriptedDesk.watch(page, { messages: long });
  await expect(page.getByText("Line 60.")).toBeInViewport();
  host.says({ type: "message", message: message(61, 31, "user", "At the end, the view follows.") });
  await expect(page.getByText("At the end, the view follows.")).toBeInViewport();
  await transcript(page).hover();
  await page.mouse.wheel(0, -900);
  const latest = page.getByRole("button", { name: /^Latest/ });
  await expect(latest).toBeVisible();
  const place = await transcript(page).evaluate((el) => el.scrollTop);
  for (let i = 0; i < 40; i++)
    host.says({ type: "partner:delta", messageId: 62, turn: 31, off: i * 6, content: "words " });
  await expect(latest).toHaveText("Latest, 1 new");
  expect(await transcript(page).evaluate((el) => el.scrollTop)).toBe(place);
  await latest.click();
  await expect(page.getByText("words words").last()).toBeInViewport();
});

test("a note takes time and message at its first keystroke; another message can be linked", async ({ page }) => {
  const host = await ScriptedDesk.watch(page);
  await box(page).press("S");
  const about = page.getByRole("form", { name: "New note" });
  await expect(about.getByText("Linked to turn 1, Coach")).toBeVisible();
  const at = await about.locator("time").getAttribute("datetime");
  host.says({ type: "message", message: message(5, 2, "user", "The conversation moves on.") });
  await expect(page.getByText("The conversation moves on.")).toBeVisible();
  await box(page).pressSequentially("tarts late.");
  await expect(about.getByText("Linked to turn 1, Coach")).toBeVisible();
  await page.getByText("I would like to talk about my pay.").click();
  await expect(about.getByText("Linked to turn 1, Participant")).toBeVisible();
  await expect(box(page)).toBeFocused();
  expect(await about.locator("time").getAttribute("datetime")).toBe(at);
  await box(page).press("Control+Enter");
  await expect(notes(page).getByText("Starts late.")).toBeVisible();
  await expect(box(page)).toHaveValue("");
  await expect(box(page)).toBeFocused();
  await expect(page.getByRole("status").filter({ hasText: "Note added." })).toBeAttached();
  const sent = JSON.parse(host.asked[0]?.replace(/^\S+ \S+ /, "") ?? "{}");
  expect(sent).toMatchObject({ body: "Starts late.", conversationId: CONVERSATION, messageId: 2, startedAt: at });
  await expect(page.getByRole("button", { name: "Link your note to turn 1, Participant, 1 note" })).toBeVisible();

  // Both can be removed before adding.
  await box(page).fill("Nothing about nothing.");
  await page.getByRole("button", { name: "Remove the time" }).click();
  await expect(box(page)).toBeFocused();
  await page.getByRole("button", { name: "Remove the link" }).click();
  await add(page).click();
  await expect(notes(page).getByText("Nothing about nothing.")).toBeVisible();
  expect(host.asked[1]).not.toMatch(/startedAt|messageId/);

  // The link of a note leads to its message.
  await notes(page).getByRole("link", { name: "turn 1, Participant" }).click();
  await expect(transcript(page).getByRole("article", { name: "Participant" }).first()).toBeFocused();
});

test("an unsent note survives a lost network, a reload, an expired login and a lost role", async ({ page }) => {
  const host = await ScriptedDesk.watch(page);
  await box(page).fill("Not to be lost.");
  host.reachable = false;
  await box(page).press("Control+Enter");
  await expect(page.getByText("Not added: there is no connection.")).toBeVisible();
  host.reachable = true;
  await page.reload();
  await expect(box(page)).toHaveValue("Not to be lost.");
  await expect(page.getByText("Linked to turn 1, Coach")).toBeAttached();

  host.refusal = signedOut;
  await host.cut(4401);
  await expect(page.getByText("You've been signed out, so nothing new appears here.")).toBeVisible();
  await add(page).click();
  await expect(page.getByText("Not added: you've been signed out.")).toBeVisible();
  await page.getByRole("link", { name: "Sign in again" }).first().click();
  await expect(page).toHaveURL(/\/login\?next=/);
  await expect(transcript(page)).toHaveCount(0);
  host.refusal = undefined;
  const before = host.watching;
  await page.goBack();
  await expect.poll(() => host.watching).toBe(before + 1);
  await expect(box(page)).toHaveValue("Not to be lost.");

  await host.cut(4403);
  await expect(page.getByText("You no longer have access to this conversation.")).toBeVisible();
  await expect(transcript(page)).toHaveCount(0);
  await expect(box(page)).toHaveValue("Not to be lost.");
  await add(page).click();
  await expect(notes(page).getByText("Not to be lost.")).toBeVisible();
  // Sent again, it is the same note for the host.
  const ids = host.asked.filter((a) => a.startsWith("POST /inv")).map((a) => /"clientId":"(\w+)"/.exec(a)?.[1]);
  expect(new Set(ids).size).toBe(1);
});

test("a note edited in two windows shows both texts", async ({ page }) => {
  const mine = note("n1", "First words.");
  const host = await ScriptedDesk.watch(page, { notes: [mine] });
  await notes(page).getByText("First words.").hover();
  await page.getByRole("button", { name: "Edit note" }).click();
  const editor = page.getByRole("form", { name: "Edit note" }).getByRole("textbox");
  await expect(editor).toBeFocused();
  await editor.fill("Words from this window.");
  Object.assign(mine, { body: "Words from the other window.", version: 2, editedAt: new Date().toISOString() });
  await editor.press("Control+Enter");
  const conflict = page.getByRole("alert").filter({ hasText: "This note was changed in another window" });
  await expect(conflict).toContainText("Words from the other window.");
  await expect(editor).toHaveValue("Words from this window.");
  // The unsaved text survives a reload, too.
  await page.reload();
  await expect(editor).toHaveValue("Words from this window.");
  await editor.press("Control+Enter");
  await page.getByRole("button", { name: "Save my text instead" }).click();
  await expect(notes(page).getByText("Words from this window.")).toBeVisible();
  expect(host.state.notes[0]).toMatchObject({ body: "Words from this window.", version: 3 });
  await notes(page).getByRole("button", { name: "edited" }).click();
  await expect(page.getByRole("dialog", { name: "Edit history" }).getByText("First words.")).toBeVisible();
});

test("a colleague's note appears within three seconds", async ({ page }) => {
  const host = await ScriptedDesk.watch(page);
  await expect(notes(page).getByText("No notes yet.")).toBeVisible();
  host.state.notes = [note("n1", "Watch the tone.", { ...byLena, unread: true })];
  await expect(notes(page).getByRole("article", { name: "Note by Lena Ortiz" })).toBeVisible({ timeout: 3_000 });
  await expect(notes(page).getByText("New", { exact: true })).toBeVisible();
  await expect.poll(() => host.asked).toContain('POST /notes/read {"notes":["n1"]}');
});

test("tags have one key each, and Alt with it while writing", async ({ page }) => {
  const host = await ScriptedDesk.watch(page);
  const pause = page.getByRole("button", { name: "Long pause" });
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("1");
  await expect(pause).toHaveAttribute("aria-pressed", "true");
  await box(page).pressSequentially("a 1 b");
  await page.keyboard.press("Alt+a");
  await expect(page.getByRole("button", { name: "Apologizes" })).toHaveAttribute("aria-pressed", "true");
  await expect(box(page)).toHaveValue("a 1 b");
  await box(page).press("Control+Enter");
  await expect(notes(page).getByRole("list", { name: "Tags" })).toHaveText("Long pauseApologizes");
  expect(host.asked[0]).toContain('"tags":["t1","t3"]');
  await page.getByRole("combobox", { name: "Filter by tag" }).selectOption("Long pause");
  await expect(notes(page).getByText("a 1 b")).toBeVisible();
});

test("an ended conversation offers a review, an erased one shows nothing", async ({ page }) => {
  const host = await ScriptedDesk.watch(page);
  host.state.conversations = [conversation({ state: "ended", endReason: "participant" })];
  host.says({ type: "ended", reason: "participant" });
  await expect(page.getByText("Ended by the participant")).toBeVisible();
  await page.getByRole("link", { name: "Review" }).click();
  await expect(page).toHaveURL(new RegExp(`/research/conversations/${CONVERSATION}$`));
  await expect(transcript(page).getByText("Why you, and why now?")).toBeVisible();
  await host.cut(4410);
  await expect(page.getByText("This conversation was deleted.")).toBeVisible();
  await expect(page.getByText("Why you, and why now?")).toHaveCount(0);
});

test("a new conversation becomes a tab, and the watched one stays", async ({ page }) => {
  const host = await ScriptedDesk.watch(page);
  const second = "01900000-0000-7000-8000-000000000002";
  const started = new Date().toISOString();
  host.state.conversations = [
    conversation({ id: second, partnerName: "Omar Said", createdAt: started }),
    conversation(),
  ];
  await expect(page.getByRole("tab", { name: /Omar Said/ })).toBeVisible();
  await expect(page.getByRole("tab", { name: /Dana Whitfield/ })).toHaveAttribute("aria-selected", "true");
  await page.getByRole("tab", { name: /Dana Whitfield/ }).focus();
  await page.keyboard.press("ArrowLeft");
  await expect(page.getByRole("tab", { name: /Omar Said/ })).toBeFocused();
  // Watching is in the audit log, so moving there isn't enough.
  await expect(page.getByRole("tab", { name: /Dana Whitfield/ })).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`watch=${second}`));
  await expect(page.getByRole("tab", { name: /Omar Said/ })).toBeFocused();
});

test("the transcript is silent for screen readers until it is switched on", async ({ page }) => {
  const host = await ScriptedDesk.watch(page);
  const live = page.getByRole("status").filter({ hasText: /^(Participant|Dana):/ });
  host.says({ type: "message", message: message(5, 2, "user", "Not read out.") });
  await expect(page.getByText("Not read out.")).toBeVisible();
  await expect(live).toHaveCount(0);
  await page.getByRole("switch", { name: "Read out new messages" }).check();
  host.says({ type: "message", message: message(6, 3, "user", "Read out.") });
  await expect(live).toHaveText("Participant: Read out.");
});

test("on a phone, the link of a note turns to its message", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await ScriptedDesk.watch(page, { notes: [note("n1", "Why now.", { messageId: 3, conversationId: CONVERSATION })] });
  await page.getByRole("tab", { name: "Notes" }).click();
  await expect(transcript(page)).toBeHidden();
  await notes(page).getByRole("link", { name: "turn 1, Dana" }).click();
  await expect(page.getByRole("tab", { name: "Watch" })).toHaveAttribute("aria-selected", "true");
  await expect(transcript(page).getByRole("article", { name: "Dana" }).last()).toBeFocused();
});

test("what is typed and opened survives a turned tablet", async ({ page }) => {
  await ScriptedDesk.watch(page);
  await box(page).fill("Half a thought");
  await page.getByRole("button", { name: "Edit or extend" }).click();
  await page.getByRole("dialog").getByLabel("Label").fill("P-08");
  await page.setViewportSize({ width: 768, height: 1024 });
  await expect(page.getByRole("dialog").getByLabel("Label")).toHaveValue("P-08");
  await page.keyboard.press("Escape");
  await expect(box(page)).toHaveValue("Half a thought");
});

test("the arrow keys move between messages, and Enter links one", async ({ page }) => {
  await ScriptedDesk.watch(page);
  const stop = (words: string) => page.getByRole("button", { name: `Link your note to ${words}` });
  await stop("turn 1, Coach").focus();
  await page.keyboard.press("ArrowUp");
  await expect(stop("turn 1, Dana")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Linked to turn 1, Dana")).toBeAttached();
  await expect(stop("turn 1, Dana")).toHaveAttribute("aria-pressed", "true");
});

test("keyboard only: from the desk to a note about a message", async ({ page }) => {
  const host = await ScriptedDesk.start(page, { desk: { ...emptyDesk, live: [liveEntry()] } });
  await page.goto("/research");
  await tabTo(page, page.getByRole("link", { name: /^Watch/ }));
  await page.keyboard.press("Enter");
  await expect(transcript(page).getByText("Why you, and why now?")).toBeVisible();
  for (let i = 0; i < 6 && !(await transcript(page).evaluate((el) => el === document.activeElement)); i++)
    await page.keyboard.press("F6");
  await expect(transcript(page)).toBeFocused();
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await tabTo(page, box(page));
  await page.keyboard.type("By keyboard.");
  await page.keyboard.press("Control+Enter");
  await expect(notes(page).getByText("By keyboard.")).toBeVisible();
  expect(host.asked[0]).toContain('"messageId":3');
});

test("the desk stays steady while a phone joins and leaves every second", async ({ page }) => {
  const other = liveEntry({ conversationId: "01900000-0000-7000-8000-000000000002", label: "P-11" });
  const host = await ScriptedDesk.start(page, { desk: { ...emptyDesk, live: [liveEntry(), other] } });
  await page.goto("/research");
  const rows = page.getByRole("region", { name: "Live now" }).getByRole("listitem");
  await expect(rows).toHaveCount(2);
  for (let i = 0; i < 3; i++) {
    host.state.desk = { ...host.state.desk, live: [other] };
    await expect(rows.first()).toContainText("The participant just left");
    await expect(rows.nth(1)).toContainText("P-11");
    host.state.desk = { ...host.state.desk, live: [other, liveEntry()] };
    await expect(rows.first()).toContainText("Dana is replying");
  }
  await rows.first().getByRole("link", { name: "Watch P-07, negotiation pilot" }).click();
  await expect(page).toHaveURL(`/research/invitations/${INVITATION}?watch=${CONVERSATION}`);
  await expect(transcript(page).getByText("Why you, and why now?")).toBeVisible();
});

test("a claim turns the presented code to Claimed, whatever changes behind it", async ({ page }) => {
  const { claimedBy: _, claimedAt: __, ...rest } = invitation({ state: "open", status: "open", live: false });
  const host = await ScriptedDesk.start(page, { invitation: rest, conversations: [] });
  await page.goto(`/research/invitations/${INVITATION}`);
  await page.getByRole("button", { name: "Present" }).click();
  const present = page.getByRole("dialog", { name: /^Present/ });
  await expect(present.getByRole("img", { name: "QR code" })).toBeVisible();
  host.state.invitation = invitation({ claimedAt: new Date().toISOString() });
  await expect(present.getByText(/^Claimed at/)).toBeVisible({ timeout: 3_000 });
  host.state.conversations = [conversation()];
  await page.keyboard.press("Escape");
  await expect(page.getByRole("link", { name: /^Watch/ })).toBeVisible();
  expect(host.watching).toBe(0);
});

test("a colleague's change of the tags is a conflict, and nothing is lost", async ({ page }) => {
  const host = await ScriptedDesk.start(page);
  await page.goto("/research/tags");
  await page.getByRole("button", { name: "Add tag" }).click();
  await page.getByRole("textbox", { name: "Name of new tag" }).fill("Interrupts");
  host.state.tags = { version: 2, items: [{ id: "t9", name: "By Lena", key: "9" }] };
  await page.getByRole("button", { name: "Save tags" }).click();
  const conflict = page.getByRole("alert").filter({ hasText: "A colleague changed the tags" });
  await expect(conflict).toContainText("Their list: By Lena.");
  await expect(page.getByRole("textbox", { name: "Name of Interrupts" })).toHaveValue("Interrupts");
  await conflict.getByRole("button", { name: "Save mine instead" }).click();
  await expect(conflict).toHaveCount(0);
  expect(host.state.tags.items.map((t) => t.name)).toEqual([
    "Long pause",
    "Uses the coach",
    "Apologizes",
    "Interrupts",
  ]);
});

/** Presses Tab until the element has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let i = 0; i < 40; i++) {
    if (await target.evaluate((el) => el === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key never reaches ${target}`);
}
