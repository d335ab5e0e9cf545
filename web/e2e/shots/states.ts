// Every page and the states that a person should review. `route` is a route of src/router.tsx, Research.tsx or
// Administration.tsx; a unit test checks that none is missing.
import { type Browser, expect, type Page } from "@playwright/test";
import { idle, message, oneTurn, ScriptedHost, useUp } from "../scripted";
import { claim, enterConversation, invite, inviteWith, newInvitations, STAFF, talk, unique } from "../world";
import { deskStates } from "./desk-states";

export type State = {
  name: string;
  route: string;
  as?: "staff";
  /** Captures the whole page, including what is below the fold. */
  whole?: true;
  open(page: Page, browser: Browser): Promise<void>;
};

const heading = (page: Page, name: string | RegExp) =>
  expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
const at = (path: string, name: string | RegExp) => async (page: Page) => {
  await page.goto(path);
  await heading(page, name);
};

const turn = 2;
const because = message(5, turn, "user", "Because ramp-up went from nine weeks to five.");
const note = "You named a result. **Say the number next**, then stop talking: she will fill the silence.";

export const states: State[] = [
  { name: "welcome", route: "/", whole: true, open: at("/", /^Practice/) },
  { name: "sign in", route: "/login", open: at("/login", /Sign in/) },
  { name: "sign-in link used up", route: "/login", open: at("/login#token=used-up", "This link no longer works") },
  { name: "not found", route: "*", open: at("/nowhere", "This page doesn't exist") },
  {
    name: "unknown invitation",
    route: "/invite/:token",
    open: at("/invite/AAAAAAAAAAAAAAAAAAAAAAAA", "We don't recognize this invitation"),
  },
  {
    name: "invitation with a coach",
    route: "/invite/:token",
    whole: true,
    open: async (page, browser) => {
      await page.goto(await invite(browser, unique("Shots")));
      await expect(page.getByRole("checkbox")).toBeVisible();
    },
  },
  {
    name: "invitation without a coach",
    route: "/invite/:token",
    whole: true,
    open: async (page, browser) => {
      const { url } = await inviteWith(browser, { label: unique("Shots"), coach: false, contact: "lab@example.org" });
      await page.goto(url);
      await expect(page.getByRole("checkbox")).toBeVisible();
    },
  },
  {
    name: "invitation whose participant deleted their data",
    route: "/invite/:token",
    open: async (page, browser) => {
      const { url } = await inviteWith(browser, { label: unique("Shots"), contact: "lab@example.org" });
      await claim(page.request, url);
      await page.request.delete("/api/me");
      await page.goto(url);
      await heading(page, "This invitation can't be used anymore");
    },
  },
  {
    name: "before a conversation",
    route: "/start/:slug",
    open: async (page, browser) => {
      const { url } = await inviteWith(browser, { label: unique("Shots"), scenario: "raise" });
      await page.goto(url);
      await page.getByRole("checkbox").check();
      await page.getByRole("button", { name: /^Start talking with/ }).click();
      await heading(page, "Before you start");
    },
  },
  {
    name: "home of a guest",
    route: "/",
    whole: true,
    open: async (page, browser) => {
      await claim(page.request, await invite(browser, unique("Shots")));
      await talk(page.request, "Can we talk about my pay?");
      await at("/", "Your conversations")(page);
      await expect(page.getByRole("heading", { name: "Continue" })).toBeVisible();
    },
  },
  {
    name: "home after the invitation was revoked",
    route: "/",
    open: async (page, browser) => {
      const { id, url } = await inviteWith(browser, { label: unique("Shots"), contact: "lab@example.org" });
      await claim(page.request, url);
      await talk(page.request, "Can we talk about my pay?");
      const staff = await browser.newContext({ storageState: STAFF });
      await staff.request.post(`/api/invitations/${id}/revoke`);
      await staff.close();
      await page.goto("/");
      await expect(page.getByText(/Your invitation was revoked/)).toBeVisible();
    },
  },
  {
    name: "account",
    route: "/account",
    whole: true,
    open: async (page, browser) => {
      await claim(page.request, await invite(browser, unique("Shots")));
      await page.goto("/account");
      await heading(page, /.+/);
    },
  },
  {
    name: "conversation begins",
    route: "/conversation/:id",
    open: async (page, browser) => {
      await enterConversation(page, await invite(browser, unique("Shots")));
    },
  },
  {
    name: "conversation, one turn",
    route: "/conversation/:id",
    open: async (page) => {
      await ScriptedHost.open(page);
    },
  },
  {
    name: "conversation, a reply grows",
    route: "/conversation/:id",
    open: async (page) => {
      const host = await ScriptedHost.open(page);
      host.says(
        { type: "message", message: because },
        { type: "turn", turn, state: "partner" },
        { type: "partner:delta", messageId: 6, turn, off: 0, content: "Five weeks is good. What would you " },
        { type: "quota", turnsLeft: 5, limit: "conversation" },
      );
      await expect(page.getByText("Five weeks is good.")).toBeVisible();
    },
  },
  {
    name: "conversation, the coach writes",
    route: "/conversation/:id",
    open: async (page) => {
      const host = await ScriptedHost.open(page);
      host.says(
        { type: "message", message: because },
        { type: "partner:delta", messageId: 6, turn, off: 0, content: "Five weeks is good." },
        { type: "partner:done", messageId: 6, turn, status: "complete" },
        { type: "turn", turn, state: "coach" },
        { type: "coach:delta", messageId: 7, turn, off: 0, content: note },
      );
      await expect(page.getByText("Say the number next").filter({ visible: true }).first()).toBeVisible();
    },
  },
  {
    name: "conversation, a reply failed",
    route: "/conversation/:id",
    open: async (page) => {
      const host = await ScriptedHost.open(page);
      host.says(
        { type: "message", message: because },
        { type: "turn", turn, state: "partner" },
        { type: "error", code: "model_timeout", error: "It took too long.", retryable: true, turn, lane: "partner" },
        { type: "partner:done", messageId: 6, turn, status: "failed" },
        { type: "coach:skipped", messageId: 7, turn, reason: "failed" },
        idle(turn),
      );
      await expect(page.getByRole("button", { name: "Try again" }).filter({ visible: true }).first()).toBeVisible();
    },
  },
  {
    name: "conversation, offline",
    route: "/conversation/:id",
    open: async (page) => {
      await ScriptedHost.open(page);
      await page.context().setOffline(true);
      await expect(page.getByText(/You're offline/)).toBeVisible();
    },
  },
  {
    name: "conversation, from right to left, with marks",
    route: "/conversation/:id",
    open: async (page) => {
      const partner = "أنا أسمعك، لكن الميزانية محدودة (10%)!\n\n- أولا: قل ما تريد.\n- ثانيا: انتظر.";
      const coach =
        "1. Say it.\n\n2. Wait:\n   - no reasons\n   - no *ifs*\n\n> 78,000\n\n| ask | get |\n|---|---|\n| 78 | 75 |";
      await ScriptedHost.open(page, {
        messages: [
          ...oneTurn.slice(0, 2),
          message(3, 1, "partner", partner),
          message(4, 1, "coach", coach, { cut: "length" }),
        ],
      });
    },
  },
  {
    name: "conversation, no turns left",
    route: "/conversation/:id",
    open: async (page) => {
      await useUp(page, await ScriptedHost.open(page));
    },
  },
  {
    name: "conversation, ended",
    route: "/conversation/:id",
    open: async (page) => {
      const host = await ScriptedHost.open(page);
      host.says({ type: "ended", reason: "participant" });
      await expect(page.getByText("You ended this conversation.")).toBeVisible();
    },
  },
  {
    name: "conversation, open elsewhere",
    route: "/conversation/:id",
    open: async (page) => {
      const host = await ScriptedHost.open(page);
      await host.cut(4429);
      await expect(page.getByRole("button", { name: "Continue here" })).toBeVisible();
    },
  },
  {
    name: "invitations",
    route: "/research/invitations",
    as: "staff",
    open: async (page) => {
      await newInvitations(page.request, { label: unique("Pilot wave"), copies: 3 });
      await at("/research/invitations", "Invitations")(page);
      await expect(page.getByRole("row").nth(3)).toBeVisible();
    },
  },
  {
    name: "no invitation matches",
    route: "/research/invitations",
    as: "staff",
    open: async (page) => {
      await page.goto("/research/invitations?search=none-has-this-name");
      await expect(page.getByText("No invitations match.")).toBeVisible();
    },
  },
  {
    name: "invitations created together",
    route: "/research/invitations",
    as: "staff",
    open: async (page) => {
      const made = await newInvitations(page.request, { label: unique("Wave"), copies: 30 });
      await page.goto(`/research/invitations?batch=${made[0]?.id}`);
      await expect(page.getByText("30 invitations").first()).toBeVisible();
    },
  },
  {
    name: "new invitation",
    route: "/research/invitations/new",
    as: "staff",
    whole: true,
    open: async (page) => {
      await page.goto("/research/invitations/new");
      await expect(
        page.getByRole("region", { name: "Preview" }).getByText("You are invited to practice"),
      ).toBeVisible();
    },
  },
  {
    name: "an invitation",
    route: "/research/invitations/:id",
    as: "staff",
    whole: true,
    open: async (page, browser) => {
      const { id, url } = await inviteWith(browser, { label: unique("Shots, participant 7") });
      const guest = await browser.newContext({ storageState: { cookies: [], origins: [] } });
      await claim(guest.request, url);
      await talk(guest.request, "Can we talk about my pay?");
      await guest.close();
      await page.goto(`/research/invitations/${id}`);
      await expect(page.getByRole("region", { name: "Conversations" }).getByText(/With Dana Whitfield/)).toBeVisible();
    },
  },
  ...deskStates,
  {
    name: "a code to print",
    route: "/research/invitations/:id/code",
    as: "staff",
    open: async (page) => {
      const [made] = await newInvitations(page.request, { label: unique("Shots"), title: "Talking about pay" });
      await page.goto(`/research/invitations/${made?.id}/code`);
      await expect(page.getByRole("img", { name: /QR code/ })).toBeVisible();
    },
  },
  {
    name: "codes to print",
    route: "/research/invitations/codes",
    as: "staff",
    open: async (page) => {
      const made = await newInvitations(page.request, { label: unique("Class"), copies: 8 });
      await page.goto(`/research/invitations/codes?batch=${made[0]?.id}`);
      await expect(page.getByRole("img", { name: /QR code/ })).toHaveCount(8);
    },
  },
  { name: "people", route: "/admin/users", as: "staff", open: at("/admin/users", "People") },
  {
    name: "a person",
    route: "/admin/users/:id",
    as: "staff",
    open: async (page, browser) => {
      const guest = await browser.newContext({ storageState: { cookies: [], origins: [] } });
      const id = await claim(guest.request, await invite(browser, unique("Shots, a person")));
      await guest.close();
      await page.goto(`/admin/users/${id}`);
      await expect(page.getByRole("button", { name: "Disable" })).toBeVisible();
    },
  },
  { name: "presets", route: "/admin/presets", as: "staff", open: at("/admin/presets", /.+/) },
  { name: "audit log", route: "/admin/audit", as: "staff", open: at("/admin/audit", /.+/) },
];
