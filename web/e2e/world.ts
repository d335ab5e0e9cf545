// Shared by the journeys: phone and desktop contexts, new invitations, and entering a conversation.
import { randomUUID } from "node:crypto";
import { type APIRequestContext, type Browser, type BrowserContextOptions, expect, type Page } from "@playwright/test";

export const STAFF = "test-results/staff.json";
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
export const DESK: BrowserContextOptions = { viewport: { width: 1280, height: 800 } };

/** Creates an invitation as staff over REST and returns its link. */
export const invite = async (browser: Browser, label: string): Promise<string> =>
  (await inviteWith(browser, { label })).url;

type Invited = { id: string; url: string };

/** Creates an invitation with the given settings as staff over REST. */
export async function inviteWith(
  browser: Browser,
  settings: { label: string; [name: string]: unknown },
): Promise<Invited> {
  const staff = await browser.newContext({ storageState: STAFF });
  const made = await newInvitations(staff.request, settings);
  await staff.close();
  return made[0] as Invited;
}

export const newInvitation = async (staff: APIRequestContext, label: string): Promise<string> =>
  (await newInvitations(staff, { label }))[0]?.url ?? "";

export async function newInvitations(staff: APIRequestContext, settings: object): Promise<Invited[]> {
  const answer = await staff.post("/api/invitations", { data: { tokenQuota: 1_000_000, ...settings } });
  expect(answer.status()).toBe(201);
  return ((await answer.json()) as { items: Invited[] }).items;
}

/** Accepts an invitation over REST and returns the guest's id. */
export async function claim(guest: APIRequestContext, url: string): Promise<string> {
  const token = url.split("/").pop() ?? "";
  const landing = (await (await guest.get(`/api/invite/${token}`)).json()) as { consent: { version: string } };
  const data = { consentVersion: landing.consent.version };
  const claimed = await guest.post(`/api/invite/${token}/claim`, { data });
  expect(claimed.status()).toBe(200);
  return ((await claimed.json()) as { userId: string }).userId;
}

/** Starts the first scenario and sends a message over REST. */
export async function talk(guest: APIRequestContext, words: string): Promise<void> {
  const { items } = (await (await guest.get("/api/scenarios")).json()) as { items: Scenario[] };
  const first = items[0];
  const vars = Object.fromEntries((first?.vars ?? []).map((v) => [v.name, v.default ?? "something"]));
  const made = await guest.post("/api/conversations", { data: { scenario: first?.slug, vars } });
  const { id } = (await made.json()) as { id: string };
  const said = await guest.post(`/api/conversations/${id}/messages`, { data: { content: words } });
  expect(said.status()).toBe(202);
}

type Scenario = { slug: string; vars: { name: string; default?: string }[] };

/** Accepts an invitation and starts the first scenario on the page. */
export async function enterConversation(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Choose a conversation" }).click();
  await page
    .getByRole("button", { name: /^Start:/ })
    .first()
    .click();
  // Some scenarios ask for details first, all with defaults.
  const words = page.getByRole("dialog").getByRole("button", { name: "Start" });
  await expect(words.or(box(page))).toBeVisible();
  if (await words.isVisible()) await words.click();
  await expect(box(page)).toBeVisible();
  await myTurn(page);
}

export const box = (page: Page) => page.getByRole("textbox", { name: /Your message to/ });
export const myTurn = (page: Page) =>
  // Shown above the message box, or in the header if there is little height.
  expect(page.getByText("Your turn", { exact: true }).filter({ visible: true })).toBeVisible({ timeout: 60_000 });

export async function say(page: Page, words: string): Promise<void> {
  await box(page).fill(words);
  await page.getByRole("button", { name: /^Send to/ }).click();
  const mine = page.getByRole("article", { name: "You", exact: true }).filter({ hasText: words });
  await expect(mine).toBeVisible({ timeout: 60_000 });
}

/**
 * Waits, after `say`, until both voices have answered. "Your turn" stays visible until the host has accepted the
 * message, so it only counts once an answer has started.
 */
export async function answered(page: Page): Promise<void> {
  const scene = page.getByRole("region", { name: /^Conversation with/ }).getByRole("article");
  await expect(scene.last()).not.toHaveAccessibleName(/^You/, { timeout: 60_000 });
  await myTurn(page);
}

/** Returns a unique label, because tests share a host and may run more than once. */
export const unique = (label: string) => `${label} ${randomUUID().slice(0, 6)}`;
