// What an administrator does: people, quota presets, and the audit log that says so.
import { expect, type Page, test } from "@playwright/test";
import { inspect } from "./inspect";
import { claim, DESK, invite, STAFF } from "./world";

const known = (id: string) => `Guest ${id.slice(-6)}`;

test("a guest is disabled, enabled and signed out, and the audit log says so", async ({ browser }) => {
  const phone = await browser.newContext();
  const id = await claim(phone.request, await invite(browser, "Administered"));
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();

  await page.goto("/admin");
  await expect(page.getByRole("heading", { name: "People" })).toBeVisible();
  await expect(page.getByText("Nobody changes their own role.")).toBeVisible();
  await expect(page.getByRole("combobox", { name: /^Role of/ })).toHaveCount(0);
  await inspect(page, "people");
  await page.getByLabel("Who").selectOption("Guests");
  await expect(page).toHaveURL(/role=GUEST/);
  await page.getByRole("link", { name: known(id) }).click();
  await expect(page.getByRole("heading", { name: known(id) })).toBeVisible();
  await inspect(page, "a person", { widths: [320, 768, 1280] });

  await page.getByRole("button", { name: "Disable" }).click();
  const question = page.getByRole("dialog", { name: `Disable ${known(id)}?` });
  await inspect(page, "disable question", { widths: [390] });
  await question.getByRole("button", { name: "Disable them" }).click();
  await expect(page.getByText("Disabled", { exact: true })).toBeVisible();
  expect((await phone.request.get("/api/me")).status()).toBe(401);
  await page.getByRole("button", { name: "Enable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Enable them" }).click();
  await expect(page.getByText("Disabled", { exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "End all sessions" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End them" }).click();
  await expect(page.getByText("All sessions ended.").first()).toBeVisible();

  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Audit log" }).click();
  for (const deed of [`disabled ${known(id)}`, `enabled ${known(id)} again`, `ended all sessions of ${known(id)}`])
    await expect(line(page, deed)).toBeVisible();
  await inspect(page, "audit log");
  await line(page, `opened the invitation “Administered” and agreed`)
    .filter({ hasText: known(id) })
    .getByRole("link", { name: known(id) })
    .click();
  await expect(page).toHaveURL(new RegExp(`person=${id}`));
  await expect(line(page, "disabled")).toHaveCount(0);
  await expect(page.getByLabel("Done by")).toHaveValue(id);
  await page.getByLabel("Done by").selectOption("Everybody");
  await expect(line(page, `disabled ${known(id)}`)).toBeVisible();
});

test("a quota preset is made, changed and removed", async ({ browser }) => {
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  await page.goto("/admin/presets");
  await expect(page.getByRole("region", { name: "Without an invitation" })).toContainText("Nothing");
  await inspect(page, "quota presets");

  await page.getByRole("button", { name: "New preset" }).click();
  const form = page.getByRole("dialog", { name: "New preset" });
  await form.getByLabel("Tokens").fill("30000");
  await expect(form.getByText("About 5 turns")).toBeVisible();
  await form.getByRole("button", { name: "Add" }).click();
  await expect(form.getByText("Between 1 and 80 characters.")).toBeVisible();
  await inspect(page, "a preset that cannot be", { widths: [320, 390] });
  await form.getByLabel("Label").fill("Warm-up");
  await form.getByRole("button", { name: "Add" }).click();
  await expect(page.getByRole("row", { name: /Warm-up/ })).toContainText("30,000 tokens");

  await page.getByRole("button", { name: "Edit Warm-up" }).click();
  await page.getByRole("dialog").getByLabel("Tokens").fill("36000");
  await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /Warm-up/ })).toContainText("about 6 turns");

  await page.goto("/admin/audit");
  await expect(line(page, "wrote the preset “Warm-up”")).toHaveCount(2);
  await page.goto("/admin/presets");
  await page.getByRole("button", { name: "Remove Warm-up" }).click();
  const question = page.getByRole("dialog", { name: "Remove the preset “Warm-up”?" });
  await inspect(page, "remove question", { widths: [390] });
  await question.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByRole("row", { name: /Warm-up/ })).toHaveCount(0);
  await page.goto("/admin/audit");
  await expect(line(page, "removed a quota preset").first()).toBeVisible();
});

test("nobody else gets in", async ({ browser }) => {
  const context = await browser.newContext();
  await claim(context.request, await invite(browser, "Not an administrator"));
  const page = await context.newPage();
  for (const address of ["/admin", "/admin/presets", "/admin/audit"]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { name: "not for your account" })).toBeVisible();
  }
});

const line = (page: Page, words: string) => page.getByRole("row").filter({ hasText: words });
