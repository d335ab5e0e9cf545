// An invitation after its creation: it is extended, gets a fresh link, and its participant's conversations are deleted.
import { expect, test } from "@playwright/test";
import { inspect } from "./inspect";
import { claim, DESK, PHONE, STAFF, talk, unique } from "./world";

test("a researcher extends an invitation and creates a fresh link, and the participant continues with it", async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const desk = await (await browser.newContext({ ...DESK, storageState: STAFF })).newPage();
  const lost = await browser.newContext(PHONE);
  const phone = await (await browser.newContext(PHONE)).newPage();
  const label = unique("Extended, participant 9");
  const later = unique("Extended, participant 10");
  const link = () => desk.getByText(/\/invite\//).innerText();

  await desk.goto("/research/invitations/new");
  await desk.getByLabel("Label", { exact: true }).fill(label);
  await desk.getByRole("radio", { name: "Another number of tokens" }).check();
  await desk.getByLabel("Tokens", { exact: true }).fill("60000");
  await expect(desk.getByText(/^About .* turns?/).first()).toBeVisible();
  await desk.getByRole("checkbox", { name: /their own scenario/ }).check();
  await desk.getByLabel("Consent text").fill("We read **everything** you write.");
  await desk.getByRole("button", { name: "Create invitation" }).click();
  await expect(desk.getByText("0 of 60,000 tokens")).toBeVisible();
  const old = await link();

  await desk.getByRole("button", { name: "Edit or extend" }).click();
  const change = desk.getByRole("dialog", { name: "Edit this invitation" });
  await change.getByLabel("More tokens").fill("60000");
  await expect(change.getByText(/^About .* more, 120,000 tokens in total\.$/)).toBeVisible();
  await change.getByLabel("Last day").fill("2099-12-31");
  await change.getByLabel("Label", { exact: true }).fill(later);
  await inspect(desk, "change an invitation", { widths: [320, 390] });
  await desk.setViewportSize({ width: 1280, height: 800 });
  await change.getByRole("button", { name: "Save changes" }).click();
  await expect(desk.getByRole("heading", { name: later })).toBeVisible();
  await expect(desk.getByText("0 of 120,000 tokens")).toBeVisible();
  await expect(desk.getByText(/Dec 31, 2099/)).toBeVisible();

  await claim(lost.request, old);
  await talk(lost.request, "I have lost my phone.");
  const conversations = desk.getByRole("region", { name: "Conversations" });
  await expect(conversations).toContainText("In progress");
  await desk.getByRole("button", { name: "Create fresh link" }).click();
  const question = desk.getByRole("dialog", { name: `Create a fresh link for “${later}”?` });
  await expect(question).toContainText("can use the fresh link once");
  await inspect(desk, "fresh link question", { widths: [320, 390] });
  await question.getByRole("button", { name: "Create fresh link" }).click();
  await expect.poll(link).not.toBe(old);

  await phone.goto(old);
  await expect(phone.getByRole("heading", { name: "This link was replaced by a fresh one" })).toBeVisible();
  await phone.goto(await link());
  await expect(phone.getByText("We read everything you write.")).toBeVisible();
  await phone.getByRole("checkbox").check();
  await phone.getByRole("button", { name: "Choose a conversation" }).click();
  await expect(phone.getByRole("heading", { name: "Continue" })).toBeVisible();

  await desk.getByRole("button", { name: "Delete conversations" }).click();
  const erase = desk.getByRole("dialog", { name: `Delete the conversations of “${later}”?` });
  await inspect(desk, "delete question", { widths: [320, 390] });
  await erase.getByRole("button", { name: "Delete conversations" }).click();
  await desk.setViewportSize({ width: 1280, height: 800 });
  await expect(conversations).toContainText("Text deleted");
  await expect(conversations).toContainText(/With Dana Whitfield, 1 turn, .* to /);
  await expect(desk.getByRole("button", { name: "Delete conversations" })).toHaveCount(0);
  await inspect(desk, "an invitation with its conversations");

  await desk.getByRole("link", { name: "All invitations" }).click();
  await desk.getByLabel("Search").fill(later.slice(9));
  await expect(desk.getByRole("row", { name: later })).toBeVisible();
  await desk.getByLabel("Status").selectOption("Revoked");
  await expect(desk.getByText("No invitations match.")).toBeVisible();
  await expect(desk).toHaveURL(/status=revoked/);
});
