// The researchers' desk, watching and notes, in every state and both themes: see accessibility.spec.ts.
import { expect, type Page, test } from "@playwright/test";
import { inspect } from "./inspect";
import { idle, oneTurn } from "./scripted";
import {
  byLena,
  CONVERSATION,
  conversation,
  emptyDesk,
  fullDesk,
  INVITATION,
  invitation,
  lena,
  longTalk,
  note,
  ScriptedDesk,
  someNotes,
} from "./scripted-desk";
import { DESK } from "./world";

test.use(DESK);

const box = (page: Page) => page.getByRole("form", { name: "New note" }).getByRole("textbox", { name: "Note" });
const long = "a_very_long_word_without_any_place_to_break_it_over_two_lines_under_any_circumstances";

test("the desk", async ({ page }) => {
  const host = await ScriptedDesk.start(page, { totalInScope: 0 });
  await page.goto("/research");
  await expect(page.getByText("Your first invitation in three steps")).toBeVisible();
  await inspect(page, "an empty desk");
  host.state.desk = fullDesk(long);
  await expect(page.getByRole("link", { name: /^Watch/ }).first()).toBeVisible();
  await inspect(page, "the desk");
  host.state.desk = { ...emptyDesk, ended: fullDesk(long).ended };
  await expect(page.getByText("No one is practicing right now.")).toBeVisible({ timeout: 20_000 });
  host.refusal = { status: 401, json: { type: "about:blank", title: "sign in", status: 401, code: "login" } };
  await expect(page.getByText("You've been signed out.")).toBeVisible();
  await inspect(page, "the desk, signed out", { widths: [320, 1280] });
});

test("an invitation before and after it is accepted", async ({ page }) => {
  const { claimedBy: _, claimedAt: __, ...rest } = invitation({ state: "open", status: "open", label: `P-07 ${long}` });
  const host = await ScriptedDesk.start(page, { invitation: rest, conversations: [] });
  await page.goto(`/research/invitations/${INVITATION}`);
  await expect(page.getByText("Waiting for the participant")).toBeVisible();
  await inspect(page, "nobody yet");
  host.state.invitation = invitation();
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(page.getByText("No conversation yet")).toBeVisible();
  await inspect(page, "accepted, no conversation", { widths: [320, 1280] });
  const ended = { state: "ended", endReason: "max_turns", endedAt: new Date().toISOString() } as const;
  host.state.conversations = [
    conversation({ title: long, partnerName: `Dana ${long}` }),
    conversation({ id: "01900000-0000-7000-8000-000000000003", ...ended }),
  ];
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(page.getByRole("link", { name: /^Watch/ })).toBeVisible();
  await inspect(page, "conversations to watch");
});

test("watching", async ({ page }) => {
  const two = [conversation(), conversation({ id: "01900000-0000-7000-8000-000000000003", partnerName: "Omar Said" })];
  const host = await ScriptedDesk.watch(page, {
    messages: longTalk(long),
    notes: someNotes(long),
    observers: [lena],
    conversations: two,
  });
  host.says(
    { type: "turn", turn: 3, state: "partner" },
    { type: "partner:delta", messageId: 11, turn: 3, off: 0, content: `I can't promise ${long} ` },
  );
  await expect(page.getByText("Dana is replying", { exact: true })).toBeVisible();
  await box(page).fill(`A note in mid-word ${long}`);
  await inspect(page, "watching, a note begun");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Tags" }).click();
  await page.getByRole("tab", { name: "Notes" }).click();
  await inspect(page, "notes and tags on a phone", { widths: [320, 390] });
  await page.getByRole("tab", { name: "Code" }).click();
  await inspect(page, "the code on a phone", { widths: [320, 390] });
  await page.setViewportSize({ width: 1280, height: 800 });
  host.reachable = false;
  await host.cut();
  await expect(page.getByText("Connection lost. Reconnecting…")).toBeVisible();
  await box(page).press("Control+Enter");
  await expect(page.getByText("Not added: there is no connection.")).toBeVisible();
  await inspect(page, "reconnecting, a note that wasn't added", { widths: [320, 1280] });
});

test("a conversation in full width, idle, ended, lost and deleted", async ({ page }) => {
  const host = await ScriptedDesk.start(page, { messages: longTalk(long), notes: someNotes(long) });
  await page.goto(`/research/conversations/${CONVERSATION}`);
  await expect(page.getByText(/Nothing has happened for 2 minutes/)).toBeVisible();
  await inspect(page, "full width, idle");
  host.says(idle(3), { type: "ended", reason: "participant" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(page.getByText("Ended by the participant")).toBeVisible();
  await inspect(page, "full width, ended", { widths: [390, 1280] });
  await host.cut(4403);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(page.getByText("You no longer have access to this conversation.")).toBeVisible();
  await inspect(page, "full width, no access", { widths: [320, 1280] });
});

test("editing notes, and the team's tags", async ({ page }) => {
  const mine = note("n1", `First words ${long}.`, { editedAt: new Date().toISOString(), version: 2 });
  const host = await ScriptedDesk.watch(page, { messages: oneTurn, notes: [mine, note("n2", "Hers.", byLena)] });
  await page.getByText(/^First words/).hover();
  await page.getByRole("button", { name: "Edit note" }).click();
  await page.getByRole("form", { name: "Edit note" }).getByRole("textbox").fill(`Mine ${long}`);
  Object.assign(mine, { body: `The other window's ${long}`, version: 3 });
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("This note was changed in another window")).toBeVisible();
  await inspect(page, "two texts of a note", { widths: [1280] });
  await page.getByRole("button", { name: "Keep the other text" }).click();
  await page.getByRole("button", { name: "edited" }).click();
  await expect(page.getByText("Better words.")).toBeVisible();
  await inspect(page, "a note's history", { widths: [1280] });
  await page.goto("/research/tags");
  await page.getByRole("button", { name: "Add tag" }).click();
  host.state.tags = { version: 2, items: [{ id: "t9", name: long, key: "9" }] };
  await page.getByRole("button", { name: "Save tags" }).click();
  await expect(page.getByText("Enter a name.")).toBeVisible();
  await inspect(page, "tags, with a wrong field");
  await page.getByRole("textbox", { name: "Name of new tag" }).fill("Interrupts");
  await page.getByRole("button", { name: "Save tags" }).click();
  await expect(page.getByText("A colleague changed the tags in the meantime")).toBeVisible();
  await inspect(page, "tags, changed by a colleague", { widths: [320, 1280] });
});
