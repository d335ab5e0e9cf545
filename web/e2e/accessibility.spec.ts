// Every page and state in both themes: no axe violations, nothing cut off, no target too small for a thumb.
import { expect, test } from "@playwright/test";
import { inspect } from "./inspect";
import { idle, message, oneTurn, ScriptedHost, useUp } from "./scripted";
import { answered, box, DESK, enterConversation, invite, STAFF, say, unique } from "./world";

test("pages before signing in", async ({ page, browser }) => {
  const url = await invite(browser, "Looks");
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: /^Practice/ })).toBeVisible();
  await inspect(page, "welcome", { thumbs: true });
  await page.goto("/login");
  await expect(page.getByText("only the built-in administrator can sign in, with a one-time link")).toBeVisible();
  await inspect(page, "sign in", { thumbs: true });
  // Changing only the fragment wouldn't reload the page.
  await page.goto("about:blank");
  await page.goto("/login#token=used-up");
  await expect(page.getByRole("heading", { name: "This link no longer works" })).toBeVisible();
  await inspect(page, "sign-in link used up");
  await page.goto("/nowhere");
  await expect(page.getByRole("heading", { level: 1, name: "This page doesn't exist" })).toBeVisible();
  await inspect(page, "not found");
  await page.goto("/research/invitations");
  await expect(page.getByRole("heading", { level: 1, name: /sign in/i })).toBeVisible();
  await inspect(page, "please sign in");
  await page.goto("/invite/AAAAAAAAAAAAAAAAAAAAAAAA");
  await expect(page.getByRole("heading", { level: 1, name: "We don't recognize this invitation" })).toBeVisible();
  await inspect(page, "unknown invitation");
  await page.goto(url);
  await page.getByRole("button", { name: "Choose a conversation" }).click();
  await expect(page.getByText("check the box above first")).toBeVisible();
  await inspect(page, "invitation, consent missing", { thumbs: true });
  await page.addInitScript(() => Object.defineProperty(navigator, "cookieEnabled", { value: false }));
  await page.reload();
  await expect(page.getByText("blocks cookies")).toBeVisible();
  await inspect(page, "invitation, without cookies", { thumbs: true });
});

test("a conversation's rare states", async ({ page, context }) => {
  let host = await ScriptedHost.open(page, { messages: oneTurn.slice(0, 1) });
  await expect(page.getByRole("note")).toHaveCount(1);
  await inspect(page, "the first hint", { thumbs: true });

  await page.close();
  page = await context.newPage();
  host = await ScriptedHost.open(page);
  const turn = 2;
  host.says(
    { type: "quota", turnsLeft: 3 },
    { type: "message", message: message(5, turn, "user", "Because ramp-up went from nine weeks to five.") },
    { type: "partner:delta", messageId: 6, turn, off: 0, content: "Five wee" },
    { type: "turn", turn, state: "partner" },
  );
  await expect(page.getByText("Only a few turns are left on this invitation.")).toBeVisible();
  await inspect(page, "a growing reply, few turns left", { thumbs: true });
  host.says(
    { type: "error", code: "model_timeout", error: "It took too long.", retryable: true, turn, lane: "partner" },
    { type: "partner:done", messageId: 6, turn, status: "failed" },
    { type: "coach:delta", messageId: 7, turn, off: 0, content: "Stay with the number." },
    { type: "coach:done", messageId: 7, turn, status: "complete" },
    idle(turn),
  );
  host.reachable = false;
  await host.cut();
  await box(page).fill("Are you there?");
  await page.getByRole("button", { name: "Send to Dana" }).click();
  await expect(page.getByText("Connection lost.")).toBeVisible();
  await inspect(page, "a failed reply, no connection, a waiting message", { thumbs: true });

  await page.close();
  page = await context.newPage();
  host = await ScriptedHost.open(page);
  await useUp(page, host);
  await inspect(page, "turns used up", { thumbs: true });
  await page.getByRole("heading", { level: 1 }).click();
  await page.keyboard.press("?");
  await expect(page.getByRole("heading", { name: "Keyboard shortcuts" })).toBeVisible();
  await inspect(page, "the list of shortcuts");
  await page.keyboard.press("Escape");
  await host.cut(4401);
  await expect(page.getByRole("heading", { name: "Please sign in again" })).toBeVisible();
  await inspect(page, "signed out", { thumbs: true });

  await page.close();
  page = await context.newPage();
  const broken = { ...message(4, 1, "coach", ""), content: null as unknown as string };
  host = await ScriptedHost.open(page, { messages: [...oneTurn.slice(0, 3), broken] });
  await expect(page.getByText("The coach couldn't be shown.")).toBeVisible();
  await inspect(page, "a part that broke", { thumbs: true });
});

test("a participant's pages", async ({ page, browser }) => {
  await enterConversation(page, await invite(browser, "Looks"));
  await inspect(page, "conversation, beginning", { thumbs: true });
  await say(
    page,
    "A short word, and then a_very_long_one_without_any_place_to_break_it_over_two_lines_under_any_circumstances.",
  );
  await answered(page);
  await inspect(page, "conversation", { thumbs: true });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Show all of the coach's notes" }).click();
  await page.getByText("Ask the coach privately").click();
  await inspect(page, "conversation, asking the coach", { thumbs: true, widths: [320, 390] });
  await page.getByRole("button", { name: "Menu" }).click();
  await inspect(page, "conversation menu", { widths: [390] });
  await page.getByRole("button", { name: "End conversation" }).click();
  await inspect(page, "end question", { thumbs: true, widths: [320, 390] });
  await page.getByRole("dialog").getByRole("button", { name: "End conversation" }).click();
  await expect(page.getByText("You ended this conversation.")).toBeVisible();
  await inspect(page, "conversation, ended", { thumbs: true, widths: [390, 1280] });
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Ended" })).toBeVisible();
  await inspect(page, "home", { thumbs: true });
  await page.goto("/research/invitations");
  await expect(page.getByRole("heading", { name: "You don't have access to this page" })).toBeVisible();
  await inspect(page, "forbidden");
});

test("the researchers' pages", async ({ browser }) => {
  const mine = unique("rather long, as labels in larger studies with several arms tend to be");
  await invite(browser, `A label that is ${mine}`);
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  await page.goto("/research/invitations");
  await expect(page.getByRole("link", { name: mine })).toBeVisible();
  await inspect(page, "invitations");
  await page.getByRole("searchbox", { name: "Search by label or title" }).fill("no label matches this");
  await expect(page.getByText("No invitations match.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("No invitations match.")).toBeVisible();
  await page.getByRole("searchbox", { name: "Search by label or title" }).fill(mine.toUpperCase());
  await expect(page.getByRole("link", { name: mine })).toBeVisible();
  await page.getByRole("link", { name: "New invitation" }).click();
  await expect(page.getByRole("radio").first()).toBeVisible();
  await expect(page.getByRole("region", { name: "Preview" }).getByText("You are invited to practice")).toBeVisible();
  await inspect(page, "new invitation");
  await page.goBack();
  await page.getByRole("link", { name: mine }).click();
  await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
  await inspect(page, "invitation");
  await page.getByRole("button", { name: "Present" }).click();
  await inspect(page, "present");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Revoke" }).click();
  const question = page.getByRole("dialog", { name: /^Revoke “A label that is rather long/ });
  await inspect(page, "revoke question");
  await question.getByRole("button", { name: "Revoke invitation" }).click();
  await expect(page.getByText("This invitation was revoked.")).toBeVisible();
  await expect(page.getByRole("img", { name: /QR code/ })).toHaveCount(0);
  await inspect(page, "revoked invitation");
  await page.context().close();
});
