// What a participant sees and can do in rare states: failures, lost connections, lost access, the last turns.
import { expect, test } from "@playwright/test";
import { idle, message, notes, oneTurn, ScriptedHost, scene, useUp } from "./scripted";
import { box, DESK, myTurn } from "./world";

test.use(DESK);

test("a failed reply shows an error in its place and can be retried", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  const turn = 2;
  host.says(
    { type: "message", message: message(5, turn, "user", "Because ramp-up went from nine weeks to five.") },
    { type: "turn", turn, state: "partner" },
    { type: "partner:delta", messageId: 6, turn, off: 0, content: "Five wee" },
    { type: "error", code: "model_timeout", error: "It took too long.", retryable: true, turn, lane: "partner" },
    { type: "partner:done", messageId: 6, turn, status: "failed" },
    { type: "coach:skipped", messageId: 7, turn, reason: "failed" },
    idle(turn),
  );
  const failed = page.getByRole("article", { name: "Dana" }).last();
  await expect(failed).toContainText(
    "Dana couldn't answer just now. Your message is saved.The AI service didn't respond in time.",
  );
  await expect(page.getByText("Dana's answer failed").filter({ visible: true })).toBeVisible();
  await expect(notes(page)).toContainText("No note on turn 2");
  await scene(page).getByRole("button", { name: "Try again" }).click();
  await expect.poll(() => host.said).toEqual([{ type: "retry" }]);
  host.says(
    { type: "turn", turn, state: "partner" },
    { type: "partner:delta", messageId: 8, turn, off: 0, content: "Five weeks is good.", replaces: 6 },
    { type: "partner:done", messageId: 8, turn, status: "complete", replaces: 6 },
    idle(turn),
  );
  await expect(page.getByRole("article", { name: "Dana" }).last()).toHaveText("Five weeks is good.");
  await expect(page.getByText("Dana couldn't answer")).toHaveCount(0);
});

test("without a network the page stays, and a missing part loads once the network is back", async ({
  page,
  context,
}) => {
  await ScriptedHost.open(page);
  await box(page).fill("Half a thought");
  await context.setOffline(true);
  const asked = page.waitForEvent("requestfailed", (request) => request.url().endsWith("/api/auth"));
  await page.getByRole("button", { name: "Menu" }).click();
  await asked;
  await expect(page.getByText(/You're offline/)).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole("button", { name: "End conversation" })).toBeVisible();
  await expect(box(page)).toHaveValue("Half a thought");
});

test("an expired invitation closes the message box, names the contact and allows a retry", async ({ page }) => {
  const host = await ScriptedHost.open(page, { contact: "ada@example.org" });
  await box(page).fill("One more thing.");
  await page.getByRole("button", { name: /^Send to/ }).click();
  await expect.poll(() => host.said.length).toBe(1);
  const sent = host.said[0];
  const clientId = sent?.type === "message" ? sent.clientId : undefined;
  const error = "This invitation has expired. Nothing was sent; ask the person who invited you to extend it.";
  host.says({ type: "error", code: "invitation_expired", error, retryable: false, ...(clientId && { clientId }) });
  const end = page.getByRole("region", { name: "The end" });
  await expect(end).toContainText("Your invitation has expired.");
  await expect(end.getByRole("link", { name: "ada@example.org" })).toBeVisible();
  await expect(box(page)).toHaveCount(0);
  // It was extended in the meantime.
  await end.getByRole("button", { name: "Try again" }).click();
  await host.accepts(2, 5);
  await expect(box(page)).toBeVisible();
  await expect(scene(page).getByText("One more thing.")).toHaveCount(1);
});

test("a lost connection loses no text: short losses aren't shown, and a waiting message is sent once", async ({
  page,
}) => {
  const host = await ScriptedHost.open(page);
  await myTurn(page);
  const lost = page.getByText("Connection lost. We'll reconnect; what you've written is safe.");
  await host.cut();
  await myTurn(page);
  await expect(lost).toHaveCount(0);
  host.reachable = false;
  await host.cut();
  await expect(lost).toBeVisible();
  await box(page).fill("Are you there?");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Waiting for the connection")).toBeVisible();
  host.reachable = true;
  await page.evaluate(() => dispatchEvent(new Event("online")));
  // If it has just tried, it waits for up to ten seconds.
  await expect(lost).toHaveCount(0, { timeout: 60_000 });
  await expect.poll(() => host.said.map((f) => ("content" in f ? f.content : f.type))).toEqual(["Are you there?"]);
});

test("the last turns are announced, and the page explains when they are used up", async ({ page }) => {
  const host = await ScriptedHost.open(page, { contact: "Ada Ito, ada@example.org" });
  const status = page.getByRole("form", { name: "Your message" }).getByRole("status");
  const header = page.getByRole("banner");
  host.says({ type: "quota", turnsLeft: 164, limit: "quota" }, { type: "turn", turn: 1, state: "partner" });
  await expect(page.getByText("Dana is replying").filter({ visible: true })).toBeVisible();
  await expect(header).not.toContainText("left");
  host.says({ type: "quota", turnsLeft: 12, limit: "conversation" }, idle(1));
  await expect(header).toContainText("12 turns left");
  await expect(status).toHaveText("");
  // An estimate may skip five.
  host.says({ type: "quota", turnsLeft: 4, limit: "quota" });
  await expect(status).toHaveText("Only a few turns are left on this invitation.");
  host.says({ type: "quota", turnsLeft: 1, limit: "conversation" });
  await expect(status).toHaveText("This is your last turn in this conversation.");
  host.says({ type: "quota", turnsLeft: 0, limit: "quota" });
  await expect(header).toContainText("Less than a turn left");
  await expect(box(page)).toBeVisible();
  await useUp(page, host);
  await expect(header).not.toContainText("left");
  await expect(page.getByText("Questions? Contact Ada Ito, ada@example.org")).toBeVisible();
  await expect(box(page)).toHaveCount(0);
  await expect(scene(page)).toContainText("One more thing.");
  await expect(scene(page).getByRole("button", { name: "Edit" })).toHaveCount(0);
  // A researcher adds turns: the conversation continues.
  host.says({ type: "quota", turnsLeft: 8, limit: "quota" });
  await expect(box(page)).toBeVisible();
  await scene(page).getByRole("button", { name: "Try again" }).click();
  await host.accepts(2, 9);
  await expect(scene(page).getByText("One more thing.")).toHaveCount(1);
});

test("the end says what ended, what is saved and what to do next", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  host.says(
    { type: "turn", turn: 2, state: "partner" },
    { type: "partner:delta", messageId: 6, turn: 2, off: 0, content: "All ri" },
    { type: "quota", turnsLeft: 2, limit: "quota" },
    { type: "partner:done", messageId: 6, turn: 2, status: "stopped" },
    idle(2),
    { type: "ended", reason: "participant" },
  );
  await expect(page.getByText("You ended this conversation.")).toBeVisible();
  await expect(scene(page)).toContainText("The conversation ended here.");
  await expect(scene(page)).not.toContainText("You stopped");
  await expect(page.getByText(/You can close this page now/)).toBeVisible();
  await expect(page.getByRole("link", { name: "Start another conversation" })).toHaveAttribute("href", "/");
  await expect(page.getByRole("banner")).not.toContainText("left");
  await expect(page.getByRole("button", { name: "Try again" })).toHaveCount(0);
});

test("the page says if an answer was cut, or can't be saved yet", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  const status = page.getByRole("form", { name: "Your message" }).getByRole("status");
  host.says(
    { type: "turn", turn: 2, state: "partner" },
    { type: "partner:delta", messageId: 6, turn: 2, off: 0, content: "Five weeks is" },
    { type: "error", code: "storage", error: "no", retryable: true, turn: 2 },
  );
  await expect(status).toContainText("Saving is delayed.");
  host.says({ type: "partner:done", messageId: 6, turn: 2, status: "complete", cut: "length" });
  await expect(status).not.toContainText("Saving is delayed.");
  await expect(scene(page)).toContainText("Cut short: the answer reached its maximum length.");
});

test("a conversation opened on another page waits until the participant continues here", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  await box(page).fill("Half a thought");
  await host.cut(4429);
  const dialog = page.getByRole("dialog", { name: "This conversation is open in another place" });
  await dialog.getByRole("button", { name: "Continue here" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(box(page)).toHaveValue("Half a thought");
  await page.keyboard.press("Control+.");
  await page.getByRole("textbox", { name: "Question for the coach" }).fill("Was that fair?");
  await page.keyboard.press("Enter");
  await expect.poll(() => host.said.length).toBe(1);
});

for (const [code, title] of [
  [4403, "You no longer have access to this conversation"],
  [4410, "This conversation was deleted"],
] as const)
  test(`close code ${code} shows a page that names the contact`, async ({ page }) => {
    const host = await ScriptedHost.open(page, { contact: "Ada Ito" });
    await host.cut(code);
    await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
    await expect(page.getByText("Questions? Contact Ada Ito")).toBeVisible();
    await expect(page.getByRole("link", { name: "Back to your conversations" })).toBeVisible();
  });

test("a participant who is signed out keeps their draft and can sign in again", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  await box(page).fill("Half a thought");
  await host.cut(4401);
  const dialog = page.getByRole("dialog", { name: "Please sign in again" });
  await expect(dialog.getByRole("link", { name: "Sign in again" })).toHaveAttribute("href", /^\/login\?next=/);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("You're signed out. What you've written is safe.")).toBeVisible();
  await page.reload();
  await expect(box(page)).toHaveValue("Half a thought");
});

test("a broken part doesn't affect the rest of the page", async ({ page }) => {
  const broken = { ...message(4, 1, "coach", ""), content: null as unknown as string };
  const host = await ScriptedHost.open(page, { messages: [...oneTurn.slice(0, 3), broken] });
  await expect(page.getByText("The coach couldn't be shown. What you wrote is saved.")).toBeVisible();
  await box(page).fill("Still here");
  host.says({ type: "history", messages: oneTurn, more: false, reset: true });
  await page.getByRole("button", { name: "Reload this part" }).click();
  await expect(notes(page)).toContainText("Good opening.");
  await expect(box(page)).toHaveValue("Still here");
});

test("a page that can't be loaded is reloaded once automatically, then shows an error", async ({ page }) => {
  let loads = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) loads++;
  });
  await page.route("**/assets/LoginPage-*.js", (route) => route.abort());
  // The page may reload itself before the first load is complete.
  await page.goto("/login", { waitUntil: "commit" });
  await expect(page.getByRole("heading", { name: "This page couldn't be loaded" })).toBeVisible();
  expect(loads).toBe(2);
  await page.unroute("**/assets/LoginPage-*.js");
  await page.getByRole("button", { name: "Reload the page" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});
