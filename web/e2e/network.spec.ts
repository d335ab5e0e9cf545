// A lost network is shown consistently while it lasts, and no text is lost.
import { expect, request, test } from "@playwright/test";
import { CuttingProxy } from "./cutting-proxy";
import { DATABASES, OwnHost } from "./own-host";
import { answered, box, DESK, enterConversation, myTurn, newInvitation } from "./world";

test("a lost network is shown immediately, and a message written meanwhile is sent once", async ({
  browser,
  baseURL,
}) => {
  expect(baseURL).toBeDefined();
  const { host, signInLink } = await OwnHost.start(DATABASES.at(-1) ?? "SQLite");
  const proxy = new CuttingProxy(host.address);
  const context = await browser.newContext({
    ...DESK,
    baseURL: `http://${host.address}`,
    proxy: { server: await proxy.listen(), bypass: "<-loopback>" },
  });
  const page = await context.newPage();
  const { origin, hash } = new URL(signInLink);
  const staff = await request.newContext({ baseURL: origin });
  await staff.post("/api/auth/admin-link", { data: { token: hash.replace("#token=", "") } });
  await enterConversation(page, await newInvitation(staff, "Network"));
  const bar = page.getByText("We'll reconnect; what you've written is safe.");
  const turnLine = (words: string) => page.getByText(words, { exact: true }).filter({ visible: true });

  await test.step("if the browser reports it: within two seconds", async () => {
    await box(page).fill("Half a thought");
    const before = Date.now();
    await context.setOffline(true);
    await expect(bar).toBeVisible();
    expect(Date.now() - before).toBeLessThan(2_000);
    await expect(turnLine("Offline")).toBeVisible();
    await expect(page.getByRole("button", { name: "Stop" })).toHaveCount(0);
    await page.getByRole("button", { name: /^Send to/ }).click();
    await expect(page.getByText("Waiting for the connection")).toBeVisible();
    await expect(page.getByText("Sending", { exact: true })).toHaveCount(0);
    await context.setOffline(false);
    await expect(bar).toHaveCount(0, { timeout: 60_000 });
    await answered(page);
    await expect(page.getByRole("article", { name: "You", exact: true })).toHaveText(["Half a thought"]);
  });

  await test.step("if the browser doesn't: after four seconds while an answer is due", async () => {
    await box(page).fill("Are you still there?");
    proxy.freeze();
    proxy.closed = true;
    await page.getByRole("button", { name: /^Send to/ }).click();
    const sent = Date.now();
    await expect(turnLine("Reconnecting")).toBeVisible();
    // Four seconds by the page's clock, plus a margin for a busy machine.
    expect(Date.now() - sent).toBeLessThan(8_000);
    await expect(bar).toContainText("Connection lost.");
    proxy.closed = false;
    await expect(bar).toHaveCount(0, { timeout: 60_000 });
    await myTurn(page);
    await answered(page);
    await expect(page.getByRole("article", { name: "You", exact: true })).toHaveText([
      "Half a thought",
      "Are you still there?",
    ]);
  });
  await context.close();
  await proxy.close();
  await host.end();
});
