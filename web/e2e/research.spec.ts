// The researcher's first hour: creating, finding, distributing and previewing invitations.
import { readFile } from "node:fs/promises";
import { expect, type Page, test } from "@playwright/test";
import { inspect } from "./inspect";
import { claim, DESK, inviteWith, PHONE, STAFF, unique } from "./world";

test("a researcher creates, copies, downloads, finds and prints 30 invitations", async ({ browser }) => {
  test.setTimeout(300_000);
  const context = await browser.newContext({
    ...DESK,
    storageState: STAFF,
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const page = await context.newPage();
  const label = unique("Wave 2");
  await page.goto("/research/invitations");
  await page.getByRole("link", { name: "New invitation" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "New invitation" })).toBeFocused();
  await page.getByLabel("Label", { exact: true }).fill(label);
  await page.getByLabel("Title for participants").fill("Negotiation study");
  await page.getByLabel("How many invitations").fill("30");
  await page.getByRole("button", { name: "Create 30 invitations" }).click();
  await expect(page.getByRole("status").filter({ hasText: "30 invitations created" })).toBeVisible();
  const rows = page.getByRole("row", { name: label });
  await expect(rows).toHaveCount(30);
  await expect(rows.first()).toContainText(`${label}-01`);
  await expect(rows.last()).toContainText(`${label}-30`);
  await inspect(page, "30 invitations created");
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.getByRole("button", { name: "Copy 30 links" }).click();
  await expect(page.getByText("30 links copied.")).toBeVisible();
  const links = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
  expect(links).toHaveLength(30);
  expect(new Set(links.map((link) => new URL(link).pathname.split("/")[1]))).toEqual(new Set(["invite"]));
  await rows
    .nth(1)
    .getByRole("button", { name: `Copy the link of ${label}-02` })
    .click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(links[1]);

  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("region", { name: "Created together" }).getByRole("link", { name: "Download CSV" }).click(),
  ]);
  const csv = await readFile(await file.path(), "utf8");
  expect(csv.trim().split("\n")).toHaveLength(31);
  for (const link of links) expect(csv).toContain(link);

  await page.getByRole("region", { name: "Created together" }).getByRole("link", { name: "Print codes" }).click();
  await expect(page.getByText("30 invitations not accepted yet, 8 per page, with cut lines.")).toBeVisible();
  await expect(page.getByRole("img", { name: /^QR code \d\d$/ })).toHaveCount(30);
  await expect(page.getByRole("list").getByText("Negotiation study")).toHaveCount(30);
  // What participants get must not reveal the arm of the study.
  await expect(page.getByText(label)).toHaveCount(0);
  await inspect(page, "codes to print");
  const paper = (await page.pdf({ format: "A4" })).toString("latin1");
  expect(paper.match(/\/Type\s*\/Page\b/g)).toHaveLength(4);
  await context.close();
});

test("the host applies search, status and order to all pages, and the URL keeps them", async ({ browser }) => {
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  const needle = unique("Needle 100%_");
  await inviteWith(browser, { label: needle });
  // More than a page of newer invitations.
  const hay = unique("Hay");
  await inviteWith(browser, { label: hay, copies: 60 });
  await page.goto("/research/invitations");
  const row = page.getByRole("row", { name: needle });
  await page.getByRole("searchbox").fill(needle.toUpperCase());
  await expect(row).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /^1 of [\d,]+$/ })).toBeVisible();
  await page.getByLabel("Status").selectOption("Revoked");
  await expect(page.getByText("No invitations match.")).toBeVisible();
  await expect(page.getByRole("status").filter({ hasText: /^0 of [\d,]+$/ })).toBeVisible();
  await page.reload();
  await expect(page.getByText("No invitations match.")).toBeVisible();
  await page.getByLabel("Status").selectOption("Any");
  await page.getByRole("searchbox").fill(hay);
  await page.getByLabel("Order").selectOption("By label");
  await expect(page.getByRole("row").nth(1)).toContainText(`${hay}-01`);
  await page.getByRole("link", { name: "Next page" }).click();
  await expect(page.getByRole("row").nth(1)).toContainText(`${hay}-51`);
  await expect(page).toHaveURL(/search=.*sort=label.*cursor=/);
  await page.context().close();
});

test("the preview shows what participants read, for every coach setting", async ({ browser }) => {
  test.setTimeout(300_000);
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  const preview = page.getByRole("region", { name: "Preview" });
  const coach = page.getByRole("checkbox", { name: "The coach writes a note" });
  const aside = page.getByRole("checkbox", { name: /ask the coach privately/ });
  const kinds = [
    { coach: true, aside: true, has: "get a note after every turn and can ask the coach" },
    { coach: true, aside: false, has: "They can't ask the coach questions" },
    { coach: false, aside: true, has: "still have a coach, who answers only when they ask" },
    { coach: false, aside: false, has: "have no coach" },
  ];
  for (const kind of kinds) {
    await page.goto("/research/invitations/new");
    await page.getByLabel("Title for participants").fill("Talks");
    await page.getByLabel("Contact for questions").fill("lena@example.org");
    await coach.setChecked(kind.coach);
    // Private questions follow the comments until they are changed.
    await expect(aside).toBeChecked({ checked: kind.coach });
    await aside.setChecked(kind.aside);
    await expect(page.getByText(kind.has)).toBeVisible();
    const label = unique("Arm");
    await page.getByLabel("Label", { exact: true }).fill(label);
    await expect(preview.getByText("Talks")).toBeVisible();
    const { coach: comments, aside: asks } = kind;
    await expect(preview.getByText("A coach reads along")).toHaveCount(comments ? 1 : 0);
    await expect(preview.getByText("You can ask a coach")).toHaveCount(!comments && asks ? 1 : 0);
    const promised = await preview.innerText();
    expect(/coach/i.test(promised)).toBe(comments || asks);
    await page.getByRole("button", { name: "Create invitation" }).click();
    const url = await link(page);

    const guest = await browser.newPage(PHONE);
    await guest.goto(url);
    await expect(guest.getByRole("checkbox")).toBeVisible();
    const read = await guest.getByRole("main").innerText();
    for (const line of promised.split("\n").filter((words) => words.trim() !== "")) expect(read).toContain(line);
    await expect(guest.getByText(label)).toHaveCount(0);
    await guest.close();
  }
  await page.context().close();
});

test("a consent text that mentions a coach causes a warning if there is none", async ({ browser }) => {
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  await page.goto("/research/invitations/new");
  await page.getByLabel("Consent text").fill("A coach reads **everything**.");
  const warning = page.getByText(/mentions a coach/);
  await expect(page.getByRole("region", { name: "Preview" }).getByText("A coach reads everything.")).toBeVisible();
  await expect(warning).toHaveCount(0);
  await page.getByRole("checkbox", { name: "The coach writes a note" }).uncheck();
  await expect(warning).toBeVisible();
  await inspect(page, "new invitation, with a warning");

  // Errors appear at their fields, and the first invalid field gets the focus.
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByLabel("How many invitations").fill("201");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByLabel("Label", { exact: true })).toBeFocused();
  await expect(page.getByLabel("Label", { exact: true })).toHaveAccessibleDescription(
    "Enter a label, so that you can find the invitation again.",
  );
  await expect(page.getByLabel("How many invitations")).toHaveAccessibleDescription("Enter at most 200.");
  await page.getByLabel("How many invitations").fill("1");
  await page.getByLabel("Label", { exact: true }).fill("x".repeat(201));
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByLabel("Label", { exact: true })).toHaveAccessibleDescription(
    "Too long: 201 characters. The maximum is 200.",
  );
  await inspect(page, "new invitation, with wrong fields", { widths: [320, 390] });
  await page.context().close();
});

test("participants never see a label, and closed invitations name the contact", async ({ browser }) => {
  const label = unique("Control arm, no coach");
  const { id, url } = await inviteWith(browser, { label, title: "Talks", contact: "lena@example.org", coach: false });
  const desk = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  await desk.goto(`/research/invitations/${id}`);
  await desk.getByRole("button", { name: "Present" }).click();
  const present = desk.getByRole("dialog", { name: "Present Talks" });
  await expect(present.getByText("Scan with your phone's camera")).toBeVisible();
  await expect(present).toContainText("Talks");
  await expect(present).not.toContainText(label);
  await expect(desk).toHaveTitle("Conversation Coach");
  // The tests' host has a loopback address.
  await expect(present.getByText(/only open on this computer/)).toBeVisible();
  await desk.keyboard.press("Escape");
  await expect(desk).toHaveTitle(`${label} · Conversation Coach`);

  const first = await browser.newContext(PHONE);
  await claim(first.request, url);
  await first.close();
  const phone = await (await browser.newContext(PHONE)).newPage();
  const contact = phone.getByRole("link", { name: "lena@example.org" });
  await phone.goto(url);
  await expect(phone.getByRole("heading", { name: "This invitation is already in use" })).toBeVisible();
  await expect(contact).toBeVisible();
  await inspect(phone, "invitation in use elsewhere", { thumbs: true });

  await desk.getByRole("button", { name: "Create fresh link" }).click();
  await desk.getByRole("dialog").getByRole("button", { name: "Create fresh link" }).click();
  await expect(desk.getByText("Fresh link created. The old link and code no longer work.").first()).toBeVisible();
  await phone.goto("about:blank");
  await phone.goto(url);
  await expect(phone.getByRole("heading", { name: "This link was replaced by a fresh one" })).toBeVisible();
  await expect(contact).toBeVisible();
  await desk.getByRole("button", { name: "Revoke" }).click();
  await desk.getByRole("button", { name: "Revoke invitation" }).click();
  await expect(desk.getByText("This invitation was revoked.")).toBeVisible();
  await phone.context().close();
  await desk.context().close();
});

test("200 hostile labels stay text in the list, in print and in the CSV file", async ({ browser }) => {
  const label = `=cmd|' /C calc'!A0 ${unique("😀".repeat(60))}`;
  const made = await inviteWith(browser, { label, copies: 200 });
  // As in an in-app browser without a clipboard.
  const context = await browser.newContext({ ...DESK, storageState: STAFF });
  await context.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    document.execCommand = () => false;
  });
  const page = await context.newPage();
  await page.goto(`/research/invitations?batch=${made.id}`);
  await expect(page.getByRole("row", { name: label })).toHaveCount(200);
  // axe already checks rows in the journey with 30 invitations.
  await inspect(page, "200 invitations with long labels", { widths: [320] });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "Copy 200 links" }).click();
  const area = page.getByRole("textbox", { name: "200 links" });
  await expect(area).toBeFocused();
  expect((await area.inputValue()).split("\n")).toHaveLength(200);
  const file = await context.request.get(`/api/invitations/links.csv?batch=${made.id}`);
  for (const line of (await file.text()).trim().split("\n").slice(1)) expect(line).not.toMatch(/^"?[=+\-@]/);
  await page.goto(`/research/invitations/codes?batch=${made.id}`);
  await expect(page.getByRole("img", { name: /^QR code \d{3}$/ })).toHaveCount(200);
  await context.close();
});

test("a consent text of 20,000 characters and blocked storage don't stop a participant", async ({ browser }) => {
  const consent = `${"You agree to **everything** here. ".repeat(604)}The end.`.slice(-20_000);
  const { url } = await inviteWith(browser, { label: unique("Long consent"), consent, scenario: "raise" });
  const context = await browser.newContext(PHONE);
  await context.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage"] as const)
      Object.defineProperty(window, name, {
        get: () => {
          throw new DOMException("blocked", "SecurityError");
        },
      });
  });
  const page = await context.newPage();
  await page.goto(url);
  await expect(page.getByText("The end.")).toBeAttached();
  await inspect(page, "a long consent", { thumbs: true, widths: [320, 1280] });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: /^Start talking with/ }).click();
  await page.getByRole("button", { name: "Start" }).click();
  await expect(page.getByRole("textbox", { name: /Your message to/ })).toBeVisible();
  await page.goto("/account");
  await page.getByRole("button", { name: "Delete everything" }).click();
  await page.getByRole("textbox").fill("DELETE");
  await page.getByRole("dialog").getByRole("button", { name: "Delete everything" }).click();
  await expect(page.getByText("All your data has been deleted")).toBeVisible();
  await context.close();
});

test("a page opened at the wrong address links to the right one", async ({ page, baseURL }) => {
  const other = new URL(baseURL ?? "");
  other.hostname = "127.0.0.1";
  await page.goto(new URL("/conversation/01900000-0000-7000-8000-000000000001", other).href);
  await expect(page.getByText(`Open it at ${baseURL}.`)).toBeVisible();
  await inspect(page, "another address", { thumbs: true });
  await page.getByRole("link", { name: "Open it there" }).click();
  await expect(page).toHaveURL(`${baseURL}/conversation/01900000-0000-7000-8000-000000000001`);
});

/** Returns the participant's link from an invitation's page. */
const link = (page: Page) => page.getByText(/\/invite\//).innerText();
