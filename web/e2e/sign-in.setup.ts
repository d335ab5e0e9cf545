// Signs in staff with the link from the console. The link works once, so the cookie is stored for the other specs.
import { expect, test } from "@playwright/test";
import { STAFF } from "./world";

test("a link pasted into the tab that asks for it signs in, leaves the address bar, and works once", async ({
  page,
}) => {
  const link = process.env.ADMIN_LINK;
  if (!link) throw new Error("set ADMIN_LINK to the sign-in link that the host prints");
  await page.goto("/login");
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
  // Only the fragment changes, so the document isn't reloaded: first a used link, then the valid one.
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  const used = page.getByRole("heading", { name: "This link no longer works" });
  await page.goto(`${link.split("#")[0]}#token=used-up`);
  await expect(used).toBeVisible();
  expect(page.url()).not.toContain("token");
  await page.goto(link);
  await expect(page.getByRole("heading", { name: "Desk" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Your account" })).toBeVisible();
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
  expect(page.url()).not.toContain("token");
  await page.goBack();
  expect(page.url()).not.toContain("token");
  await page.context().storageState({ path: STAFF });

  await page.context().clearCookies();
  await page.goto("about:blank");
  await page.goto(link);
  await expect(used).toBeVisible();
});
