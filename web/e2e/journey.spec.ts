// The main journey: a researcher invites, a participant on a phone practices; then the same with only the keyboard.
import { expect, type Locator, type Page, test } from "@playwright/test";
import { answered, box, DESK, enterConversation, invite, myTurn, PHONE, STAFF, say, unique } from "./world";

test("a researcher creates an invitation and a participant on a phone practices", async ({ browser }) => {
  test.setTimeout(300_000);
  const desk = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  const phone = await (await browser.newContext(PHONE)).newPage();

  await desk.goto("/research/invitations");
  await desk.getByRole("link", { name: "New invitation" }).click();
  await desk.getByLabel("Label", { exact: true }).fill("Pilot, participant 7");
  await desk.getByRole("button", { name: "Create invitation" }).click();
  await expect(desk.getByRole("heading", { name: "Pilot, participant 7" })).toBeVisible();
  await expect(desk.getByRole("img", { name: /QR code/ })).toBeVisible();
  const url = await desk.getByText(/\/invite\//).innerText();
  await desk.getByRole("button", { name: "Present" }).click();
  await expect(desk.getByRole("dialog").getByRole("img", { name: /QR code/ })).toBeVisible();

  const seen: string[] = [];
  phone.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      if (String(payload).includes('"seen"')) seen.push(String(payload));
    }),
  );
  await phone.goto(url);
  await phone.getByRole("button", { name: "Choose a conversation" }).click();
  await expect(phone.getByText("check the box above first")).toBeVisible();
  await expect(phone.getByRole("checkbox")).toBeFocused();
  await enterConversation(phone, url);
  expect(phone.url()).not.toContain("invite");
  await expect(desk.getByRole("dialog").getByText("Claimed")).toBeVisible();

  await test.step("both voices answer", async () => {
    await say(phone, "Thank you for making time.");
    await answered(phone);
    const strip = phone.getByRole("button", { name: "Show all of the coach's notes" });
    await expect(strip).not.toContainText("After each turn");
    await strip.click();
    await expect(phone.getByRole("article", { name: "Coach note, turn 1" })).toBeVisible();
    // The strip and the sheet are reported separately, with the visible share and the time.
    await expect.poll(() => seen.join()).toContain('"how":"opened"');
    for (const report of seen) expect(report).toMatch(/"share":\d+,"ms":\d+000\}$/);
  });

  await test.step("stopping keeps the partial reply, and the participant can retry", async () => {
    const stopped = stopAtTheFirstWords(phone);
    await say(phone, "I would like to talk about something that matters to me.");
    await stopped;
    // On a busy machine the short reply may have ended first; then the stop reaches the coach's note.
    await expect(phone.getByText(/^You stopped|: you stopped it/).first()).toBeVisible();
    await phone.getByRole("button", { name: "Try again" }).first().click();
    await expect(phone.getByText(/^You stopped/)).toHaveCount(0);
    await myTurn(phone);
  });

  await test.step("the coach answers privately", async () => {
    await phone.getByText("Ask the coach privately").click();
    await phone.getByRole("textbox", { name: "Question for the coach" }).fill("Am I too vague?");
    await phone.getByRole("button", { name: "Ask the coach" }).click();
    await expect(phone.getByRole("article", { name: "You asked the coach" })).toContainText("Am I too vague?");
    await expect(phone.getByRole("article", { name: "The coach's answer" })).toBeVisible();
    await myTurn(phone);
  });

  await test.step("a reload loses and duplicates nothing", async () => {
    const articles = async () => (await phone.getByRole("article").allTextContents()).map(withoutTime);
    await expect(phone.locator("[data-live]")).toHaveCount(0);
    const before = await articles();
    await phone.reload();
    await myTurn(phone);
    await phone.getByRole("button", { name: "Show all of the coach's notes" }).click();
    await expect.poll(articles).toEqual(before);
  });

  await phone.getByRole("button", { name: "Menu" }).click();
  await phone.getByRole("button", { name: "End conversation" }).click();
  await phone.getByRole("dialog").getByRole("button", { name: "End conversation" }).click();
  await expect(phone.getByText("You ended this conversation.")).toBeVisible();
  await expect(box(phone)).toHaveCount(0);
  await desk.context().close();
  await phone.context().close();
});

test("keyboard only: agree, start, talk, ask the coach, end", async ({ browser }) => {
  const page = await (await browser.newContext(DESK)).newPage();
  await page.goto(await invite(browser, "By keyboard"));
  await press(page, page.getByRole("checkbox"), "Space");
  await press(page, page.getByRole("button", { name: "Choose a conversation" }), "Enter");
  await expect(page.getByRole("heading", { name: "Your conversations" })).toBeFocused();
  await press(page, page.getByRole("button", { name: /^Start:/ }).first(), "Enter");
  const words = page.getByRole("dialog").getByRole("button", { name: "Start" });
  await expect(words.or(box(page))).toBeVisible();
  if (await words.isVisible()) await press(page, words, "Enter");
  await myTurn(page);

  await press(page, box(page), "H");
  await page.keyboard.type("ello. Do you have a moment?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "said:" })).toBeAttached();
  await expect(page.getByRole("status").filter({ hasText: "Coach note:" })).toBeAttached();
  await myTurn(page);

  await expect(box(page)).toBeFocused();
  await page.keyboard.press("Control+.");
  await page.keyboard.type("Was that all right?");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("status").filter({ hasText: "The coach answered:" })).toBeAttached();

  await press(page, page.getByRole("button", { name: "On what you said, turn 1" }), "Enter");
  await expect(page.getByRole("article", { name: "You" }).first()).toBeFocused();
  await press(page, page.getByRole("button", { name: "Menu" }), "Enter");
  await press(page, page.getByRole("button", { name: "End conversation" }), "Enter");
  await press(page, page.getByRole("dialog").getByRole("button", { name: "End conversation" }), "Enter");
  await expect(page.getByText("You ended this conversation.")).toBeVisible();
  await page.context().close();
});

test("keyboard only, as a researcher: create, present, extend and revoke an invitation", async ({ browser }) => {
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  const label = unique("By keyboard");
  const dialog = page.getByRole("dialog");
  await page.goto("/research/invitations");
  await press(page, page.getByRole("link", { name: "New invitation" }), "Enter");
  await press(page, page.getByLabel("Label", { exact: true }), label[0] ?? "");
  await page.keyboard.type(label.slice(1));
  await press(page, page.getByRole("radio", { checked: true }), "ArrowDown");
  await press(page, page.getByRole("button", { name: "Create invitation" }), "Enter");
  await expect(page.getByRole("heading", { level: 1, name: label })).toBeFocused();

  await press(page, page.getByRole("button", { name: "Present" }), "Enter");
  await expect(dialog.getByRole("img", { name: /QR code/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  await press(page, page.getByRole("button", { name: "Edit or extend" }), "Enter");
  await press(page, dialog.getByLabel("More tokens"), "1");
  await press(page, dialog.getByRole("button", { name: "Save changes" }), "Enter");
  await expect(page.getByText(/^0 of [\d,]+1 tokens$/)).toBeVisible();

  await press(page, page.getByRole("button", { name: "Revoke" }), "Enter");
  await press(page, dialog.getByRole("button", { name: "Revoke invitation" }), "Enter");
  await expect(page.getByText("This invitation was revoked.")).toBeVisible();
  await page.context().close();
});

/** Presses Stop from inside the page, because on a busy machine the test might be too late. */
const stopAtTheFirstWords = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<void>((done) => {
        const look = () => {
          const stop = document.querySelector<HTMLButtonElement>("button[aria-label=Stop]");
          const words = document.querySelector("article[data-live]")?.textContent ?? "";
          if (!stop || words.length < 3) return requestAnimationFrame(look);
          stop.click();
          done();
        };
        look();
      }),
  );

const withoutTime = (text: string) => text.replace(/\d{1,2}:\d\d(\s[AP]M)?/, "");

/** Presses Tab until the element has focus, then the key. */
async function press(page: Page, target: Locator, key: string): Promise<void> {
  await expect(target).toBeVisible();
  for (let i = 0; i < 60; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return page.keyboard.press(key);
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key never reaches ${target}`);
}
