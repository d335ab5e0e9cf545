// Signing in with an external provider, and what happens to a guest who does.
import { type Browser, expect, type Page, test } from "@playwright/test";
import { inspect } from "./inspect";
import { enterConversation, invite, PHONE, STAFF } from "./world";

const provider = () => `Sign in with ${process.env.ISSUER}`;

test.describe.configure({ mode: "serial" });

test("the console's sign-in link still works when there is a provider", async ({ page }) => {
  await page.goto(process.env.ADMIN_LINK ?? "");
  await expect(page.getByRole("heading", { name: "Desk" })).toBeVisible();
  await page.context().storageState({ path: STAFF });
});

test("a new user signs in, sees the home page and their name", async ({ page }) => {
  await page.goto("/login?next=/");
  await expect(page.getByRole("link", { name: provider() })).toBeVisible();
  await inspect(page, "signing in with a provider", { thumbs: true });
  await page.getByRole("link", { name: provider() }).click();
  await signInAs(page, "alice");
  await expect(page.getByRole("heading", { name: "Your conversations" })).toBeVisible();
  expect(new URL(page.url()).search).toBe("");
  await expectName(page, "Alice");
});

test("a visitor who cancels at the provider sees why they aren't signed in", async ({ page }) => {
  await page.goto("/login");
  await page.getByRole("link", { name: provider() }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await expect(page.getByRole("heading", { name: "You were not signed in" })).toBeVisible();
  await page.getByRole("link", { name: "Back to sign-in" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("a guest adds a sign-in and keeps the conversation", async ({ browser }) => {
  const page = await guest(browser);
  await addSignIn(page, "bob");
  await expect(page.getByRole("heading", { name: "Continue" })).toBeVisible();
  await expectName(page, "Bob");
});

test("a guest whose sign-in already has an account is asked before moving there", async ({ browser }) => {
  const page = await guest(browser);
  await addSignIn(page, "alice");
  await expect(page.getByRole("heading", { name: "alice@example.org already has an account here" })).toBeVisible();
  await inspect(page, "whether to move to an account", { thumbs: true });
  await page.getByRole("button", { name: "Move to that account" }).click();
  await expect(page.getByText("already has an account here")).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Continue" })).toBeVisible();
  await expectName(page, "Alice");
});

test("a user adds a second sign-in and signs in with it", async ({ browser }) => {
  const context = await browser.newContext(PHONE);
  const page = await context.newPage();
  const signIn = async (name: string) => {
    await page.goto("/login?next=/account");
    await page.getByRole("link", { name: provider() }).click();
    await signInAs(page, name);
  };
  const mine = page.getByRole("list", { name: "Your sign-ins" }).getByRole("listitem");
  // The provider is another site with its own session.
  const forgetProvider = () => context.clearCookies({ domain: "127.0.0.1" });
  await signIn("carol");
  await expect(mine).toHaveCount(1);
  await inspect(page, "an account's sign-ins", { thumbs: true });
  await forgetProvider();
  await page.getByRole("button", { name: provider() }).click();
  await signInAs(page, "dave");
  await expect(mine).toHaveCount(2);
  await context.clearCookies();
  await signIn("dave");
  await expect(mine).toHaveCount(2);
});

/** Returns the page of a guest on a phone who claimed an invitation and started a conversation. */
async function guest(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext(PHONE)).newPage();
  await enterConversation(page, await invite(browser, "Comes to stay"));
  return page;
}

async function addSignIn(page: Page, name: string): Promise<void> {
  await page.goto("/");
  await page.getByRole("button", { name: "Your account" }).click();
  await page.getByRole("link", { name: "Keep my conversations" }).click();
  await page.getByRole("button", { name: provider() }).click();
  await signInAs(page, name);
  await expect(page.getByRole("heading", { name: "Your conversations" })).toBeVisible();
}

/** Completes the provider's two pages. */
async function signInAs(page: Page, name: string): Promise<void> {
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

async function expectName(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Your account" }).click();
  await expect(page.getByText(name, { exact: true })).toBeVisible();
}
