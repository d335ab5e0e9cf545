// How participants enter: what the page promises them, the shortest way into a conversation, and whom they can contact.
import { expect, test } from "@playwright/test";
import { inspect } from "./inspect";
import { box, claim, DESK, inviteWith, PHONE, STAFF, talk, unique } from "./world";

test.use(PHONE);

test("a fixed scenario opens directly, and a missing detail is marked at its field", async ({ page, browser }) => {
  const { url } = await inviteWith(browser, { label: unique("Straight in"), scenario: "raise" });
  await page.goto(url);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Start talking with Dana Whitfield" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Before you start" })).toBeFocused();
  expect(page.url()).not.toContain("invite");
  await inspect(page, "before a conversation starts", { thumbs: true });
  await page.setViewportSize({ width: 390, height: 844 });

  const years = page.getByLabel("Years in this job");
  await years.fill("");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(years).toBeFocused();
  await expect(years).toHaveAccessibleDescription("Please fill in “Years in this job”.");
  await years.fill("3");
  await expect(years).not.toHaveAttribute("aria-invalid", "true");
  await page.getByRole("button", { name: "Start" }).click();
  await expect(box(page)).toBeVisible();
  await page.goBack();
  expect(page.url()).not.toContain("invite");
});

test("a scenario without details starts with one tap", async ({ page, browser }) => {
  // All built-in scenarios ask for details, so the test removes them from one.
  const plain = async (path: string) =>
    page.route(path, async (route) => {
      const answer = await route.fetch();
      const body = (await answer.json()) as { scenario: { vars: unknown[] } };
      body.scenario.vars = [];
      await route.fulfill({ response: answer, json: body });
    });
  await plain("**/api/invite/*");
  const { url } = await inviteWith(browser, { label: unique("First tap"), scenario: "raise" });
  await page.goto(url);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Start talking with Dana Whitfield" }).click();
  await expect(page).toHaveURL(/\/conversation\//);
  await expect(box(page)).toBeVisible();
});

test("the home page lists ended conversations right below the open ones", async ({ page }) => {
  const conversation = (n: number, state: "open" | "ended") => ({
    ...{ id: `01900000-0000-7000-8000-00000000000${n}`, title: `Talk ${n}`, partnerName: "Dana Whitfield" },
    ...{ state, turn: { turn: n, state: "idle" }, createdAt: "2026-11-20T10:00:00Z", coachWhen: "after_partner" },
    ...(state === "ended" ? { endedAt: "2026-11-20T10:20:00Z" } : {}),
  });
  const me = { id: "u1", role: "GUEST", guest: true, identities: [], demoModel: false, oidc: false };
  const invitations = [{ id: "i1", state: "claimed", turnsLeft: 147, allowCustomScenario: false }];
  await page.route("**/api/me", (route) => route.fulfill({ json: { ...me, invitations } }));
  await page.route("**/api/scenarios", (route) => route.fulfill({ json: { items: [] } }));
  await page.route(/\/api\/conversations\?state=open$/, (route) =>
    route.fulfill({ json: { items: [conversation(1, "open")] } }),
  );
  await page.route(/\/api\/conversations\?state=ended$/, (route) =>
    route.fulfill({ json: { items: [2, 3, 4, 5].map((n) => conversation(n, "ended")) } }),
  );
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(["Continue", "Ended", "Start a conversation"]);
  await expect(page.getByRole("link", { name: /^Dana/ })).toHaveCount(4);
  await page.getByRole("button", { name: "Show all 4" }).click();
  await expect(page.getByRole("link", { name: /^Dana/ })).toHaveCount(5);
  await expect(page.getByText(/turns left/)).toHaveCount(0);
});

test("an invitation for one scenario also looks right on a desktop", async ({ browser }) => {
  const page = await (await browser.newContext(DESK)).newPage();
  const { url } = await inviteWith(browser, { label: unique("At a desk"), scenario: "raise" });
  await page.goto(url);
  await expect(page.getByRole("heading", { name: "Asking for a raise" })).toBeVisible();
  await inspect(page, "an invitation for one scenario", { thumbs: true });
  await page.context().close();
});

test("an action without a network fails immediately and can be repeated", async ({ page, browser }) => {
  const { url } = await inviteWith(browser, { label: unique("Offline") });
  await page.goto(url);
  await page.getByRole("checkbox").check();
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Choose a conversation" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "The server can't be reached." })).toBeVisible();
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Choose a conversation" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Your conversations" })).toBeVisible();
});

test("details stay on the page if a refetch fails", async ({ page, browser }) => {
  const { url } = await inviteWith(browser, { label: unique("Details"), scenario: "raise" });
  await page.clock.install();
  await page.goto(url);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: /^Start talking with/ }).click();
  await page.getByLabel("Your job").fill("gardener");
  let refused = 0;
  await page.route(/\/api\/(me|scenarios)$/, (route) => {
    refused++;
    return route.abort();
  });
  // When the user returns later, the page refetches, with two retries.
  await page.clock.fastForward("01:00");
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })));
  await expect.poll(() => refused, { timeout: 30_000 }).toBe(6);
  await expect(page.getByLabel("Your job")).toHaveValue("gardener");
  await page.unroute(/\/api\/(me|scenarios)$/);
  await page.getByRole("button", { name: "Start" }).click();
  await expect(box(page)).toBeVisible();
});

test("a guest whose invitation was revoked sees that and the contact, and no action that would fail", async ({
  page,
  browser,
}) => {
  const { id, url } = await inviteWith(browser, { label: unique("Revoked"), contact: "lab@example.org" });
  await claim(page.request, url);
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "Start a conversation" })).toBeVisible();
  // The cap of a single conversation says nothing about the invitation.
  await expect(page.getByRole("main")).not.toContainText("turns left");
  const staff = await browser.newContext({ storageState: STAFF });
  await staff.request.post(`/api/invitations/${id}/revoke`);
  await staff.close();
  await page.reload();
  await expect(page.getByText("Your invitation was revoked. You can still read your conversations.")).toBeVisible();
  await expect(page.getByRole("link", { name: "lab@example.org" })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Start/ })).toHaveCount(0);
});

test("a link whose participant deleted their data doesn't claim to still work", async ({ page, browser }) => {
  const { id, url } = await inviteWith(browser, { label: unique("Deleted"), contact: "lab@example.org" });
  await claim(page.request, url);
  await talk(page.request, "Can we talk about my pay?");
  expect((await page.request.delete("/api/me")).status()).toBe(204);
  await page.goto(url);
  await expect(page.getByRole("heading", { name: "This invitation can't be used anymore" })).toBeVisible();
  await expect(page.getByRole("link", { name: "lab@example.org" })).toBeVisible();
  await expect(page.getByRole("main")).not.toContainText("still works");
  const staff = await browser.newContext({ ...DESK, storageState: STAFF });
  const desk = await staff.newPage();
  await desk.goto(`/research/invitations/${id}`);
  await expect(desk.getByText(/the link and code no longer work/)).toBeVisible();
  await expect(desk.getByRole("button", { name: /fresh link|Present/ })).toHaveCount(0);
  await staff.close();
});
