// Keyboard shortcuts, and the ways to copy a message.
import { expect, test } from "@playwright/test";
import { idle, notes, ScriptedHost, scene } from "./scripted";
import { box, DESK, myTurn, PHONE } from "./world";

test.use(DESK);

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
