// The administrator's pages: people, quota presets and the audit log.
import { expect, type Page, test } from "@playwright/test";
import { inspect } from "./inspect";
import { claim, DESK, invite, STAFF, unique } from "./world";

test("an administrator disables, enables and signs out a guest, and the audit log shows it", async ({ browser }) => {
  const phone = await browser.newContext();
  const label = unique("Administered");
  const id = await claim(phone.request, await invite(browser, label));
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();

  await page.goto("/admin");
  await expect(page.getByRole("heading", { name: "People" })).toBeVisible();
  await expect(page.getByText("You can't change your own role.")).toBeVisible();
  await expect(page.getByRole("combobox", { name: /^Role of/ })).toHaveCount(0);
  await inspect(page, "people");
  await page.getByRole("combobox", { name: "Role", exact: true }).selectOption("Guests");
  await expect(page).toHaveURL(/role=GUEST/);
  await page.getByRole("link", { name: label }).click();
  await expect(page.getByRole("heading", { name: label })).toBeVisible();
  await inspect(page, "a person", { widths: [320, 768, 1280] });

  await page.getByRole("button", { name: "Disable" }).click();
  const question = page.getByRole("dialog", { name: `Disable ${label}?` });
  await inspect(page, "disable question", { widths: [390] });
  await question.getByRole("button", { name: "Disable account" }).click();
  await expect(page.getByText("Disabled", { exact: true })).toBeVisible();
  expect((await phone.request.get("/api/me")).status()).toBe(401);
  await page.getByRole("button", { name: "Enable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Enable account" }).click();
  await expect(page.getByText("Disabled", { exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "End all sessions" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End all sessions" }).click();
  await expect(page.getByText("All sessions ended.").first()).toBeVisible();

  await page.getByRole("navigation", { name: "Administration" }).getByRole("link", { name: "Audit log" }).click();
  for (const action of [`disabled ${label}`, `enabled ${label} again`, `ended all sessions of ${label}`])
    await expect(line(page, action)).toBeVisible();
  await inspect(page, "audit log");
  await line(page, `accepted the invitation “${label}”`)
    .filter({ hasText: label })
    .getByRole("link", { name: label, exact: true })
    .click();
  await expect(page).toHaveURL(new RegExp(`person=${id}`));
  await expect(line(page, "disabled")).toHaveCount(0);
  await expect(page.getByLabel("Done by")).toHaveValue(id);
  await page.getByLabel("Done by").selectOption("Everyone");
  await expect(line(page, `disabled ${label}`)).toBeVisible();
});

test("an administrator adds, edits and removes a quota preset", async ({ browser }) => {
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  await page.goto("/admin/presets");
  await expect(page.getByRole("region", { name: "Without an invitation" })).toContainText("0 tokens");
  await inspect(page, "quota presets");

  const label = unique("Warm-up");
  await page.getByRole("button", { name: "New preset" }).click();
  const form = page.getByRole("dialog", { name: "New preset" });
  await form.getByLabel("Tokens").fill("300000");
  await expect(form.getByText(/^About .* turns?/)).toBeVisible();
  await form.getByRole("button", { name: "Add preset" }).click();
  await expect(form.getByText("Enter a label, such as")).toBeVisible();
  await inspect(page, "an invalid preset", { widths: [320, 390] });
  await form.getByLabel("Label", { exact: true }).fill(label);
  await form.getByRole("button", { name: "Add preset" }).click();
  await expect(page.getByRole("row", { name: label })).toContainText("300,000 tokens");

  await page.getByRole("button", { name: `Edit ${label}` }).click();
  await page.getByRole("dialog").getByLabel("Tokens").fill("360000");
  await page.getByRole("dialog").getByRole("button", { name: "Save changes" }).click();
  await expect(page.getByRole("row", { name: label })).toContainText("360,000 tokens");

  await page.goto("/admin/audit");
  await expect(line(page, `saved the preset “${label}”`)).toHaveCount(2);
  await page.goto("/admin/presets");
  await page.getByRole("button", { name: `Remove ${label}` }).click();
  const question = page.getByRole("dialog", { name: `Remove the preset “${label}”?` });
  await inspect(page, "remove question", { widths: [390] });
  await question.getByRole("button", { name: "Remove preset" }).click();
  await expect(page.getByRole("row", { name: label })).toHaveCount(0);
  await page.goto("/admin/audit");
  await expect(line(page, `removed the preset “${label}”`)).toBeVisible();
});

test("a role changes after a confirmation that names the person, and a refusal shows in the dialog", async ({
  browser,
}) => {
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  // Without a sign-in provider, the host has only one account, so the test adds another one.
  const lena = { id: "0192aa00-0000-7000-8000-0000000000aa", name: "Lena Brandt", displayName: "Lena Brandt" };
  const more = { role: "STAFF", disabled: false, createdAt: "2026-01-02T03:04:05Z" };
  const asked: unknown[] = [];
  await page.route("**/api/users?**", (route) =>
    route.fulfill({ json: { items: [{ ...lena, ...more }], next: lena.id } }),
  );
  await page.route(`**/api/users/${lena.id}`, (route) => {
    asked.push(route.request().postDataJSON());
    const problem = { type: "about:blank", title: "Conflict", status: 409, code: "conflict" };
    const detail = "this user is an administrator by ADMIN_EMAILS; the operator must remove the address first";
    return route.fulfill({ status: 409, contentType: "application/problem+json", json: { ...problem, detail } });
  });

  await page.goto("/admin/users");
  const role = page.getByRole("combobox", { name: "Role of Lena Brandt" });
  await role.focus();
  await role.selectOption("Administrator");
  const question = page.getByRole("dialog", { name: "Change the role of Lena Brandt?" });
  await expect(question).toContainText("Lena Brandt becomes an administrator. An administrator can do everything");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(role).toHaveValue("STAFF");
  await expect(role).toBeFocused();
  expect(asked).toEqual([]);

  await role.selectOption("User");
  await question.getByRole("button", { name: "Make them a user" }).click();
  await expect(question.getByRole("alert")).toContainText(
    "This user is an administrator by ADMIN_EMAILS; the operator must remove the address first.",
  );
  expect(asked).toEqual([{ role: "USER" }]);
  await inspect(page, "a refused role change", { widths: [320, 390] });

  await page.keyboard.press("Escape");
  await page.getByLabel("Name or email").fill("lena");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/search=lena/);
  await expect(page.getByLabel("Name or email")).toBeFocused();
  await page.getByRole("link", { name: "Older" }).click();
  await expect(page).toHaveURL(/search=lena&cursor=/);
  await page.getByRole("link", { name: "Newest" }).click();
  await expect(page).toHaveURL(/search=lena$/);
  for (const before of [/cursor=/, /search=lena$/, /users$/]) {
    await page.goBack();
    await expect(page).toHaveURL(before);
  }
  await expect(page.getByLabel("Name or email")).toHaveValue("");
});

test("guests can't open the administration pages", async ({ browser }) => {
  const context = await browser.newContext();
  await claim(context.request, await invite(browser, "Not an administrator"));
  const page = await context.newPage();
  for (const address of ["/admin", "/admin/presets", "/admin/audit"]) {
    await page.goto(address);
    await expect(page.getByRole("heading", { name: "You don't have access to this page" })).toBeVisible();
  }
});

const line = (page: Page, words: string) => page.getByRole("row").filter({ hasText: words });

test("in forced-colors mode, the current page and the main button are still recognizable", async ({ browser }) => {
  const context = await browser.newContext({ ...DESK, storageState: STAFF, forcedColors: "active" });
  const page = await context.newPage();
  await page.goto("/admin/presets");
  const act = page.getByRole("button", { name: "New preset" });
  await expect(act).toHaveCSS("border-top-width", "1px");
  const line = (name: string) =>
    page.getByRole("link", { name, exact: true }).evaluate((e) => getComputedStyle(e).borderBottomColor);
  expect(await line("Quota presets")).not.toBe(await line("People"));
  await expect(page.getByRole("link", { name: "Administration" })).toHaveCSS("text-decoration-line", "underline");
  await expect(page.getByRole("link", { name: "Invitations" })).toHaveCSS("text-decoration-line", "none");
  await context.close();
});
