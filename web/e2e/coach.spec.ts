// The coach on the page: hints, announcements, the strip on a phone, and conversations without a coach.
import { expect, type Page, test } from "@playwright/test";
import { idle, notes, oneTurn, ScriptedHost, scene } from "./scripted";
import { box, DESK, PHONE } from "./world";

test.use(DESK);

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
