// Participants can download and delete their data.
import { readFile } from "node:fs/promises";
import { expect, test } from "@playwright/test";
import { inspect } from "./inspect";
import { claim, invite, PHONE, STAFF, talk } from "./world";

test("a guest downloads everything and deletes it", async ({ browser }) => {
  const context = await browser.newContext(PHONE);
  await claim(context.request, await invite(browser, "My data"));
  await talk(context.request, "Ramp-up went from nine weeks to five.");
  const page = await context.newPage();
  await page.goto("/");
  await page.getByRole("button", { name: "Your account" }).click();
  await inspect(page, "account menu", { thumbs: true, widths: [320, 390] });
  await page.getByRole("link", { name: "Your data" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Your data" })).toBeVisible();
  await inspect(page, "your data", { thumbs: true });
  await page.setViewportSize({ width: 390, height: 844 });

  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download your data" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("conversation-coach.json");
  expect(await readFile(await file.path(), "utf8")).toContain("Ramp-up went from nine weeks to five.");

  await page.getByRole("button", { name: "Delete everything" }).click();
  const question = page.getByRole("dialog", { name: "Delete all your data?" });
  const yes = question.getByRole("button", { name: "Delete everything" });
  await yes.click();
  await expect(question.getByText("Type DELETE in this box")).toBeVisible();
  await inspect(page, "delete question", { thumbs: true, widths: [320, 390] });
  await question.getByRole("textbox").fill("DELETE");
  await yes.click();
  await expect(page.getByText("All your data has been deleted")).toBeVisible();
  await expect(page.getByRole("button", { name: "Your account" })).toHaveCount(0);
  await inspect(page, "all is deleted", { thumbs: true, widths: [390, 1280] });
  expect((await context.request.get("/api/me")).status()).toBe(401);
});

test("an administrator can't delete their own account, and the page says why", async ({ browser }) => {
  const page = await (await browser.newContext({ storageState: STAFF })).newPage();
  await page.goto("/account");
  await expect(page.getByText("Administrators can't delete their own account.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Delete everything" })).toHaveCount(0);
});
