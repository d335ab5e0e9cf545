// What a participant sees and can do in rare states: failures, lost connections, the last turns, the first minute.
import { expect, type Page, test } from "@playwright/test";
import { idle, message, oneTurn, ScriptedHost, useUp } from "./scripted";
import { box, DESK, myTurn, PHONE } from "./world";

test.use(DESK);
const scene = (page: Page) => page.getByRole("region", { name: "Conversation with Dana" });
const notes = (page: Page) => page.getByRole("region", { name: "Coach notes" });

test("every shortcut does what the list says", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  await expect(scene(page).getByText("Why you, and why now?")).toBeVisible();

  await test.step("? lists the shortcuts, but not while typing", async () => {
    await box(page).fill("Why");
    await page.keyboard.press("?");
    await expect(box(page)).toHaveValue("Why?");
    await expect(page.getByRole("dialog")).toHaveCount(0);
    await scene(page).focus();
    await page.keyboard.press("?");
    await expect(page.getByRole("heading", { name: "Keyboard shortcuts" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });

  await test.step("F6 moves through the parts of the page, Shift+F6 back", async () => {
    await scene(page).focus();
    const parts = [box(page), notes(page), page.getByRole("banner"), scene(page)];
    for (const part of parts) {
      await page.keyboard.press("F6");
      await expect(part).toBeFocused();
    }
    await page.keyboard.press("Shift+F6");
    await expect(page.getByRole("banner")).toBeFocused();
  });

  await test.step("Ctrl+. switches to the coach from anywhere, and back", async () => {
    await notes(page).focus();
    await page.keyboard.press("Control+.");
    await expect(page.getByRole("textbox", { name: "Question for the coach" })).toBeFocused();
    await page.keyboard.press("Control+.");
    await expect(box(page)).toBeFocused();
  });

  await test.step("Escape stops the answer in progress", async () => {
    await page.keyboard.press("Escape");
    expect(host.said).toEqual([]);
    host.says({ type: "turn", turn: 1, state: "partner" });
    await expect(page.getByText("Dana is replying").filter({ visible: true })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect.poll(() => host.said).toEqual([{ type: "stop" }]);
    host.says(idle(1));
    await myTurn(page);
  });

  await test.step("Up in an empty box restores the refused message", async () => {
    await box(page).fill("Seventy-eight thousand.");
    await page.keyboard.press("Enter");
    await expect.poll(() => host.said.length).toBe(2);
    const sent = host.said[1];
    const clientId = sent?.type === "message" ? sent.clientId : undefined;
    host.says({
      type: "error",
      code: "rate_limited",
      error: "Too fast.",
      retryable: true,
      ...(clientId && { clientId }),
    });
    await expect(page.getByText("Not sent. Too fast.")).toBeVisible();
    await page.keyboard.press("ArrowUp");
    await expect(box(page)).toHaveValue("Seventy-eight thousand.");
    await expect(page.getByText("Not sent. Too fast.")).toHaveCount(0);
  });
});

test("a message is copied by hovering, by keyboard, and by a long press", async ({ browser }) => {
  const context = await browser.newContext({ ...DESK, permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  await ScriptedHost.open(page);
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const button = page.getByRole("button", { name: "Copy what Dana said" }).last();
  await expect(button).toHaveCSS("opacity", "0");
  await scene(page).getByText("Why you, and why now?").hover();
  await expect(button).toHaveCSS("opacity", "1");
  await button.click();
  await expect.poll(copied).toBe("Why you, and why now?");
  await expect(page.getByRole("status").filter({ hasText: "Copied." })).toBeAttached();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByRole("button", { name: "Copy what you said" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect.poll(copied).toBe("I would like to talk about my pay.");
  await page.getByRole("article", { name: "Coach note, turn 1" }).hover();
  await page.getByRole("button", { name: "Copy the note on turn 1" }).click();
  await expect.poll(copied).toContain("**Good opening.**");
  await context.close();

  const phone = await (await browser.newContext(PHONE)).newPage();
  await ScriptedHost.open(phone);
  const words = scene(phone).getByText("Why you, and why now?");
  // Waits until it is still and nothing covers it.
  await words.tap({ trial: true });
  const bubble = await words.boundingBox();
  const touch = await phone.context().newCDPSession(phone);
  const touchPoints = [{ x: (bubble?.x ?? 0) + 20, y: (bubble?.y ?? 0) + 10 }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await expect(phone.getByRole("button", { name: "Copy what Dana said" }).last()).toBeFocused();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await phone.context().close();
});

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

test("three hints appear one at a time, each at the right moment and only once", async ({ page, context }) => {
  const hint = page.getByRole("note");
  const host = await ScriptedHost.open(page, { messages: oneTurn.slice(0, 1) });
  await expect(hint).toHaveText("An AI plays Dana. Talk as you would to the real person.");
  const opening = scene(page).getByText("Come in. What is it?");
  const place = await opening.boundingBox();
  await box(page).fill("Do you have a moment?");
  await page.keyboard.press("Enter");
  await host.accepts(1, 2);
  await expect(hint).toHaveCount(0);
  await turnWith(host, 1, 3);
  await expect(hint).toHaveText("The coach's notes appear here. Dana never sees them.");
  await hint.getByRole("button", { name: "Dismiss" }).click();
  await expect(hint).toHaveCount(0);
  await box(page).fill("It is about my pay.");
  await page.keyboard.press("Enter");
  await host.accepts(2, 5);
  await turnWith(host, 2, 6);
  await expect(hint).toHaveText("Not sure what to say? Ask the coach privately. It uses about one turn.");
  await hint.getByRole("button", { name: "Dismiss" }).click();
  await expect(hint).toHaveCount(0);
  expect(place).not.toBeNull();

  await page.reload();
  await expect(scene(page).getByText("Come in. What is it?")).toBeVisible();
  await expect(hint).toHaveCount(0);
  const other = await context.newPage();
  await ScriptedHost.open(other, { messages: oneTurn.slice(0, 1), person: "second-user" });
  await expect(other.getByRole("note")).toHaveCount(1);
});

/** Sends a complete reply and a complete note. */
async function turnWith(host: ScriptedHost, turn: number, messageId: number): Promise<void> {
  host.says(
    { type: "partner:delta", messageId, turn, off: 0, content: "I see." },
    { type: "partner:done", messageId, turn, status: "complete" },
    { type: "turn", turn, state: "coach" },
    { type: "coach:delta", messageId: messageId + 1, turn, off: 0, content: "Name the number." },
    { type: "coach:done", messageId: messageId + 1, turn, status: "complete" },
    idle(turn),
  );
}

test("if the invitation turns the coach off, the page doesn't offer one", async ({ page, context }) => {
  await ScriptedHost.open(page, { conversation: { aside: false } });
  await expect(notes(page)).toBeVisible();
  await expect(page.getByText("Ask the coach privately")).toHaveCount(0);
  await page.keyboard.press("Control+.");
  await expect(box(page)).toBeVisible();
  await expect(page.getByText(/questions to the coach/)).toHaveCount(0);
  const alone = await context.newPage();
  await ScriptedHost.open(alone, {
    conversation: { aside: false, coach: false, coachWhen: "never" },
    messages: oneTurn.filter((m) => m.role !== "coach"),
  });
  await expect(scene(alone).getByText("Why you, and why now?")).toBeVisible();
  await alone.keyboard.press("F6");
  await alone.keyboard.press("?");
  await expect(alone.getByRole("dialog", { name: "Keyboard shortcuts" })).toContainText("Stop the reply");
  await expect(alone.getByText(/coach/i)).toHaveCount(0);
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
  const error = "this invitation has expired";
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

test("notes are announced to screen readers as the user chose", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  const note = async (messageId: number, content: string) => {
    host.says({ type: "coach:delta", messageId, turn: 2, off: 0, content });
    host.says({ type: "coach:done", messageId, turn: 2, status: "complete" }, idle(2));
    await expect(notes(page)).toContainText(content);
  };
  const announced = page.getByRole("status").filter({ hasText: /note/i });
  await note(7, "Shorter.");
  await expect(announced).toHaveText("Coach note: Shorter.");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByLabel("Announce notes to screen readers").selectOption("Only that there is a note");
  await note(8, "Slower.");
  await expect(announced).toHaveText("The coach wrote a note on turn 2.");
  await page.getByLabel("Announce notes to screen readers").selectOption("Never");
  await expect(announced).toHaveCount(0);
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

test("the strip on a phone streams notes, makes room, and shows the turn and missing notes", async ({ browser }) => {
  const page = await (await browser.newContext({ ...PHONE, viewport: { width: 360, height: 640 } })).newPage();
  const host = await ScriptedHost.open(page);
  const strip = page.getByRole("button", { name: "Show all of the coach's notes" });
  const height = async () => (await strip.boundingBox())?.height ?? 0;
  await expect(strip).toContainText("Turn 1");
  await expect(strip).toContainText("Good opening.");
  await expect(strip).not.toContainText("new");
  const seen = (how: string, messageId: number) =>
    host.got.filter((f) => f.type === "seen" && "how" in f && f.how === how && f.messageId === messageId);
  await expect.poll(() => seen("shown", 4).length).toBeGreaterThan(0);
  expect(seen("shown", 4)[0]).toMatchObject({ share: 100, ms: 1_000 });
  const low = await height();

  await test.step("an earlier note is dimmed during an answer", async () => {
    host.says({ type: "turn", turn: 2, state: "partner" });
    await expect(strip.getByText("Good opening.")).toHaveCSS("color", await muted(page));
  });
  const long = "You named a number. Now stop talking, and let her answer. ".repeat(8);
  await test.step("the next note streams and grows to five lines", async () => {
    host.says({ type: "turn", turn: 2, state: "coach" });
    await expect(strip).toContainText("The coach is reading");
    await expect(page.getByText("The coach is reading").filter({ visible: true })).toHaveCount(2);
    host.says({ type: "coach:delta", messageId: 7, turn: 2, off: 0, content: long });
    await expect(strip).toContainText("Turn 2, writing");
    await expect(strip).toContainText("You named a number.");
    await expect.poll(height).toBeGreaterThan(low + 40);
    expect(await height()).toBeLessThan(640 * 0.31);
    host.says({ type: "coach:done", messageId: 7, turn: 2, status: "complete" }, idle(2));
    await expect(strip).toContainText("1 new note");
  });
  await test.step("only what was visible counts as seen", async () => {
    await expect.poll(() => seen("shown", 7).length).toBeGreaterThan(0);
    const share = Math.max(...seen("shown", 7).map((f) => ("share" in f ? Number(f.share) : 0)));
    expect(share).toBeGreaterThan(20);
    expect(share).toBeLessThan(80);
  });
  await test.step("it shrinks when the participant writes", async () => {
    await box(page).fill("I");
    await expect.poll(height).toBe(low);
  });
  await test.step("it opens all notes", async () => {
    await strip.click();
    for (const note of ["Coach note, turn 1", "Coach note, turn 2"]) {
      await page.getByRole("article", { name: note }).scrollIntoViewIfNeeded();
      await expect(page.getByRole("article", { name: note })).toBeInViewport({ ratio: 0.5 });
    }
    await expect.poll(() => seen("opened", 7).length).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Hide the coach's notes" }).click();
    await expect(strip).not.toContainText("new");
  });
  await test.step("a missing note is mentioned and can be retried", async () => {
    host.says(
      { type: "turn", turn: 3, state: "coach" },
      { type: "coach:skipped", messageId: 9, turn: 3, reason: "draining" },
    );
    host.says(idle(3));
    await expect(strip).toContainText("No note on this turn: the server was restarting.");
    await page.getByRole("region", { name: "Coach" }).getByRole("button", { name: "Try again" }).click();
    await expect.poll(() => host.said.at(-1)).toEqual({ type: "retry" });
  });
  await page.context().close();
});

const muted = (page: Page) =>
  page.evaluate(() => {
    const probe = document.createElement("span");
    probe.style.color = "var(--coach-muted)";
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  });
