// An invitation's life after it was made: from a preset, extended, with a fresh link, and its participant's words deleted.
import { expect, test } from "@playwright/test";
import { inspect } from "./inspect";
import { claim, DESK, PHONE, STAFF, talk, unique } from "./world";

test("an invitation is extended, gets a fresh link, and its participant goes on with that", async ({ browser }) => {
  const desk = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  const lost = await browser.newContext(PHONE);
  const phone = await (await browser.newContext(PHONE)).newPage();
  const label = unique("Extended, participant 9");
  const later = unique("Extended, participant 10");
  const link = () => desk.getByText(/\/invite\//).innerText();

  await desk.goto("/research/invitations?new");
  const form = desk.getByRole("dialog", { name: "New invitation" });
  await form.getByLabel("Label").fill(label);
  await form.getByRole("radio", { name: /^Short about \d+ turns?, 60,000 tokens$/ }).check();
  await form.getByRole("checkbox", { name: /scenario of their own/ }).check();
  await form.getByText("What participants read").click();
  await form.getByLabel("Consent text").fill("We read **everything** you write.");
  await form.getByRole("button", { name: "Create" }).click();
  await expect(desk.getByText("0 of 60,000 tokens")).toBeVisible();
  const old = await link();

  await desk.getByRole("button", { name: "Change or extend" }).click();
  const change = desk.getByRole("dialog", { name: "Change this invitation" });
  await change.getByLabel("More tokens").fill("60000");
  await expect(change.getByText(/^About \d+ turns? more, 120,000 tokens in all\.$/)).toBeVisible();
  await change.getByLabel("Last day").fill("2099-12-31");
  await change.getByLabel("Label").fill(later);
  await inspect(desk, "change an invitation", { widths: [320, 390] });
  await desk.setViewportSize({ width: 1280, height: 800 });
  await change.getByRole("button", { name: "Save" }).click();
  await expect(desk.getByRole("heading", { name: later })).toBeVisible();
  await expect(desk.getByText("0 of 120,000 tokens")).toBeVisible();
  await expect(desk.getByText(/Dec 31, 2099/)).toBeVisible();

  await claim(lost.request, old);
  await talk(lost.request, "I have lost my phone.");
  const conversations = desk.getByRole("region", { name: "Conversations" });
  await expect(conversations).toContainText("Running");
  await desk.getByRole("button", { name: "Fresh link" }).click();
  const question = desk.getByRole("dialog", { name: `Create a fresh link for “${later}”?` });
  await expect(question).toContainText("can use the new link once");
  await inspect(desk, "fresh link question", { widths: [320, 390] });
  await question.getByRole("button", { name: "Create fresh link" }).click();
  await expect.poll(link).not.toBe(old);

  await phone.goto(old);
  await expect(phone.getByRole("heading", { name: "We don't recognize this invitation" })).toBeVisible();
  await phone.goto(await link());
  await expect(phone.getByText("We read everything you write.")).toBeVisible();
  await phone.getByRole("checkbox").check();
  await phone.getByRole("button", { name: "Choose a conversation" }).click();
  await expect(phone.getByRole("heading", { name: "Continue" })).toBeVisible();

  await desk.getByRole("button", { name: "Delete conversations" }).click();
  const erase = desk.getByRole("dialog", { name: `Delete the conversations of “${later}”?` });
  await inspect(desk, "delete question", { widths: [320, 390] });
  await erase.getByRole("button", { name: "Delete conversations" }).click();
  await expect(conversations).toContainText("Its words were deleted");
  await desk.setViewportSize({ width: 1280, height: 800 });
  await inspect(desk, "an invitation with its conversations");

  await desk.getByRole("link", { name: "All invitations" }).click();
  await desk.getByLabel("Search").fill(later.slice(9));
  await expect(desk.getByRole("row", { name: later })).toBeVisible();
  await desk.getByLabel("Status").selectOption("Revoked");
  await expect(desk.getByText("No invitations match.")).toBeVisible();
  await expect(desk).toHaveURL(/status=revoked/);
});

test("nine copies are nine codes on two sheets of paper", async ({ browser }) => {
  const page = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  await page.goto("/research/invitations?new");
  const form = page.getByRole("dialog", { name: "New invitation" });
  const label = unique("Class of nine");
  await form.getByLabel("Label").fill(label);
  await form.getByRole("radio", { name: "Another number of tokens" }).check();
  await form.getByLabel("Tokens", { exact: true }).fill("90000");
  await inspect(page, "new invitation with a number of its own", { widths: [320, 390] });
  await form.getByLabel("Copies").fill("201");
  await form.getByRole("button", { name: "Create" }).click();
  await expect(form).toBeVisible();
  await form.getByLabel("Copies").fill("9");
  await form.getByRole("button", { name: "Create" }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get("search") === label);
  await expect(page.getByRole("row", { name: label })).toHaveCount(9);

  await page.getByRole("link", { name: "Print codes" }).click();
  await expect(page.getByRole("img", { name: `QR code of the invitation ${label}` })).toHaveCount(9);
  await inspect(page, "codes to print");
  const paper = (await page.pdf({ format: "A4" })).toString("latin1");
  expect(paper.match(/\/Type\s*\/Page\b/g)).toHaveLength(2);
});
