// What a participant sees and can do in states that come rarely: failures, losses, the last turns, the first minute.
import { expect, type Page, test } from "@playwright/test";
import { idle, message, oneTurn, ScriptedHost } from "./scripted";
import { box, DESK, PHONE } from "./world";

test.use(DESK);
const scene = (page: Page) => page.getByRole("region", { name: "Conversation with Dana" });
const notes = (page: Page) => page.getByRole("region", { name: "Coach notes" });

test("every key does what the list of keys says", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  await expect(scene(page).getByText("Why you, and why now?")).toBeVisible();

  await test.step("? lists them, but not while somebody writes", async () => {
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

  await test.step("F6 goes around the parts of the page, and back", async () => {
    await scene(page).focus();
    const parts = [box(page), notes(page), page.getByRole("banner"), scene(page)];
    for (const part of parts) {
      await page.keyboard.press("F6");
      await expect(part).toBeFocused();
    }
    await page.keyboard.press("Shift+F6");
    await expect(page.getByRole("banner")).toBeFocused();
  });

  await test.step("Ctrl+. turns to the coach from anywhere, and back", async () => {
    await notes(page).focus();
    await page.keyboard.press("Control+.");
    await expect(page.getByRole("textbox", { name: "Question for the coach" })).toBeFocused();
    await page.keyboard.press("Control+.");
    await expect(box(page)).toBeFocused();
  });

  await test.step("Escape stops the voice that speaks", async () => {
    await page.keyboard.press("Escape");
    expect(host.said).toEqual([]);
    host.says({ type: "turn", turn: 1, state: "partner" });
    await expect(page.getByText("Dana is replying")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect.poll(() => host.said).toEqual([{ type: "stop" }]);
    host.says(idle(1));
    await expect(page.getByText("Your turn", { exact: true })).toBeVisible();
  });

  await test.step("Up in an empty box takes back what was refused", async () => {
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
  // Stands still, and nothing lies over it.
  await words.tap({ trial: true });
  const bubble = await words.boundingBox();
  const touch = await phone.context().newCDPSession(phone);
  const touchPoints = [{ x: (bubble?.x ?? 0) + 20, y: (bubble?.y ?? 0) + 10 }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await expect(phone.getByRole("button", { name: "Copy what Dana said" }).last()).toBeFocused();
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await phone.context().close();
});

test("a reply that fails is said so in its place, and can be tried again", async ({ page }) => {
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
  await expect(failed).toContainText("Dana could not answer. It took too long.");
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
  await expect(page.getByText("Dana could not answer")).toHaveCount(0);
});

test("three captions explain the first conversation, once", async ({ page, context }) => {
  const messages = oneTurn.slice(0, 1);
  await ScriptedHost.open(page, { messages });
  const captions = page.getByRole("note");
  for (const left of [3, 2, 1]) {
    await expect(captions).toHaveCount(left);
    await captions.first().getByRole("button", { name: "Put this hint away" }).click();
  }
  await expect(captions).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("Your turn", { exact: true })).toBeVisible();
  await expect(captions).toHaveCount(0);

  const other = await context.newPage();
  const host = await ScriptedHost.open(other, { messages, person: "somebody else" });
  await expect(other.getByRole("note")).toHaveCount(3);
  await box(other).fill("Do you have a moment?");
  await other.keyboard.press("Enter");
  await expect(other.getByRole("note")).toHaveCount(0);
  await expect.poll(() => host.said.length).toBe(1);
});

test("where the invitation switches the coach off, the page does not offer one", async ({ page, context }) => {
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
  await expect(alone.getByText(/coach/i)).toHaveCount(0);
});

test("a lost connection costs no word: short losses stay unsaid, a message waits and goes out once", async ({
  page,
}) => {
  const host = await ScriptedHost.open(page);
  await expect(page.getByText("Your turn", { exact: true })).toBeVisible();
  const lost = page.getByText("Connection lost. Trying again, your draft is kept.");
  await host.cut();
  await expect(page.getByText("Your turn", { exact: true })).toBeVisible();
  await expect(lost).toHaveCount(0);
  host.reachable = false;
  await host.cut();
  await expect(lost).toBeVisible();
  await box(page).fill("Are you there?");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Not sent yet. It goes out when the connection is back.")).toBeVisible();
  host.reachable = true;
  await page.evaluate(() => dispatchEvent(new Event("online")));
  // It may just have tried, and then waits up to ten seconds.
  await expect(lost).toHaveCount(0, { timeout: 60_000 });
  await expect.poll(() => host.said.map((f) => ("content" in f ? f.content : f.type))).toEqual(["Are you there?"]);
});

test("a screen reader is told of notes as its user wishes", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  const note = async (messageId: number, content: string) => {
    host.says({ type: "coach:delta", messageId, turn: 2, off: 0, content });
    host.says({ type: "coach:done", messageId, turn: 2, status: "complete" }, idle(2));
    await expect(notes(page)).toContainText(content);
  };
  const told = page.getByRole("status").filter({ hasText: /note/i });
  await note(7, "Shorter.");
  await expect(told).toHaveText("Coach note: Shorter.");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByLabel("A screen reader is told of notes").selectOption("only that there is one");
  await note(8, "Slower.");
  await expect(told).toHaveText("The coach wrote a note on turn 2.");
  await page.getByLabel("A screen reader is told of notes").selectOption("not at all");
  await expect(told).toHaveCount(0);
});

test("the last turns are announced, and the end of them is calm", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  const status = page.getByRole("form", { name: "Your message" }).getByRole("status");
  host.says({ type: "quota", turnsLeft: 6 });
  await expect(page.getByText("About 6 turns left")).toBeVisible();
  await expect(status).toHaveText("");
  // An estimate may pass five without being five.
  host.says({ type: "quota", turnsLeft: 4 });
  await expect(status).toHaveText("Only a few turns are left.");
  host.says({ type: "quota", turnsLeft: 1 });
  await expect(status).toHaveText("One turn is left.");
  host.says(
    { type: "turn", turn: 2, state: "partner" },
    { type: "partner:delta", messageId: 6, turn: 2, off: 0, content: "All right" },
    { type: "quota", turnsLeft: 0 },
  );
  await expect(page.getByText("No turns left")).toBeVisible();
  await expect(box(page)).toBeVisible();
  host.says({ type: "partner:done", messageId: 6, turn: 2, status: "complete" }, idle(2));
  await expect(page.getByText("That was your last turn. What Dana said is complete.")).toBeVisible();
  await expect(box(page)).toHaveCount(0);
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("who is signed out keeps what they wrote, and is told the way back", async ({ page }) => {
  const host = await ScriptedHost.open(page);
  await box(page).fill("Half a thought");
  await host.cut(4401);
  const dialog = page.getByRole("dialog", { name: "Please sign in again" });
  await expect(dialog.getByRole("link", { name: "Sign in again" })).toHaveAttribute("href", /^\/login\?next=/);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByText("You are signed out; what you wrote is kept.")).toBeVisible();
  await page.reload();
  await expect(box(page)).toHaveValue("Half a thought");
});

test("a part that breaks leaves the rest alone", async ({ page }) => {
  const broken = { ...message(4, 1, "coach", ""), content: null as unknown as string };
  const host = await ScriptedHost.open(page, { messages: [...oneTurn.slice(0, 3), broken] });
  await expect(page.getByText("The coach couldn't be shown. What you wrote is saved.")).toBeVisible();
  await box(page).fill("Still here");
  host.says({ type: "history", messages: oneTurn, more: false, reset: true });
  await page.getByRole("button", { name: "Reload this part" }).click();
  await expect(notes(page)).toContainText("Good opening.");
  await expect(box(page)).toHaveValue("Still here");
});

test("a page that cannot be loaded is tried once more in silence, then says so", async ({ page }) => {
  let loads = 0;
  page.on("request", (request) => {
    if (request.isNavigationRequest()) loads++;
  });
  await page.route("**/assets/LoginPage-*.js", (route) => route.abort());
  // The page loads itself once more while the first load may not be over.
  await page.goto("/login", { waitUntil: "commit" });
  await expect(page.getByRole("heading", { name: "This page couldn't be loaded" })).toBeVisible();
  expect(loads).toBe(2);
  await page.unroute("**/assets/LoginPage-*.js");
  await page.getByRole("button", { name: "Reload the page" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("the strip on a phone counts the notes nobody has opened, and tells which were seen", async ({ browser }) => {
  const page = await (await browser.newContext({ ...PHONE, viewport: { width: 360, height: 640 } })).newPage();
  const host = await ScriptedHost.open(page);
  const strip = page.getByRole("button", { name: "Show all of the coach's notes" });
  await expect(strip).toContainText("Good opening.");
  await expect.poll(() => host.got).toEqual([{ type: "seen", messageId: 4 }]);
  await expect(strip).not.toContainText("new");
  host.says({ type: "turn", turn: 2, state: "coach" });
  await expect(strip).toContainText("The coach is writing a note");
  host.says(
    { type: "coach:delta", messageId: 7, turn: 2, off: 0, content: "Shorter." },
    { type: "coach:done", messageId: 7, turn: 2, status: "complete" },
    idle(2),
  );
  await expect(strip).toContainText("Shorter.");
  await expect(strip).toContainText("1 new note");
  await strip.click();
  for (const note of ["Coach note, turn 1", "Coach note, turn 2"]) {
    await page.getByRole("article", { name: note }).scrollIntoViewIfNeeded();
    await expect(page.getByRole("article", { name: note })).toBeInViewport({ ratio: 1 });
  }
  await page.getByRole("button", { name: "Hide the coach's notes" }).click();
  await expect(strip).toContainText("Shorter.");
  await expect(strip).not.toContainText("new");
  await page.context().close();
});
