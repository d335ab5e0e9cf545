// Staff sign in with the link from the console. It works once, so the cookie is kept for the other specs.
import { expect, test } from "@playwright/test";
import { STAFF } from "./world";

test("staff sign in by the one-time link, which leaves the history and does not work again", async ({ page }) => {
  const link = process.env.ADMIN_LINK;
  if (!link) throw new Error("set ADMIN_LINK to the sign-in link that the host prints");
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Your conversations" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Your account" })).toBeVisible();
  expect(page.url()).not.toContain("token");
  await page.context().storageState({ path: STAFF });

  await page.context().clearCookies();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "This link no longer works" })).toBeVisible();
});
