// The states of the researchers' desk, of watching and of notes.
import { expect } from "@playwright/test";
import {
  CONVERSATION,
  fullDesk,
  INVITATION,
  invitation,
  lena,
  longTalk,
  note,
  ScriptedDesk,
  someNotes,
} from "../scripted-desk";
import { newInvitations, unique } from "../world";
import type { State } from "./states";

export const deskStates: State[] = [
  {
    name: "an invitation that nobody has opened",
    route: "/research/invitations/:id",
    open: async (page) => {
      const { claimedBy: _, claimedAt: __, ...rest } = invitation({ state: "open", status: "open", live: false });
      await ScriptedDesk.start(page, { invitation: rest, conversations: [] });
      await page.goto(`/research/invitations/${INVITATION}`);
      await expect(page.getByRole("img", { name: "QR code" })).toBeVisible();
    },
  },
  {
    name: "conversations to watch",
    route: "/research/invitations/:id",
    open: async (page) => {
      await ScriptedDesk.start(page);
      await page.goto(`/research/invitations/${INVITATION}`);
      await expect(page.getByRole("link", { name: /^Watch/ })).toBeVisible();
    },
  },
  {
    name: "watching, a note begun",
    route: "/research/invitations/:id",
    open: async (page) => {
      const host = await ScriptedDesk.watch(page, { messages: longTalk(), notes: someNotes(), observers: [lena] });
      host.says(
        { type: "turn", turn: 3, state: "partner" },
        {
          type: "partner:delta",
          messageId: 11,
          turn: 3,
          off: 0,
          content: "Look, I can't promise anything. Budgets for this ",
        },
      );
      await expect(page.getByText("Look, I can't promise anything.")).toBeVisible();
      await page.getByRole("textbox", { name: "Note" }).fill("Stays calm.");
    },
  },
  {
    name: "watching, reconnecting, a note that wasn't added",
    route: "/research/invitations/:id",
    open: async (page) => {
      const host = await ScriptedDesk.watch(page, { messages: longTalk(), notes: someNotes() });
      await page.getByRole("textbox", { name: "Note" }).fill("Not to be lost.");
      host.reachable = false;
      await host.cut();
      await page.getByRole("button", { name: "Add note" }).click();
      await expect(page.getByText(/^Not added/)).toBeVisible();
      await expect(page.getByText("Connection lost. Reconnecting…")).toBeVisible();
    },
  },
  {
    name: "watching, signed out",
    route: "/research/invitations/:id",
    open: async (page) => {
      const host = await ScriptedDesk.watch(page, { messages: longTalk() });
      host.refusal = { status: 401, json: { type: "about:blank", title: "sign in", status: 401, code: "login" } };
      await host.cut(4401);
      await expect(page.getByText("You've been signed out, so nothing new appears here.")).toBeVisible();
    },
  },
  {
    name: "notes on an invitation",
    route: "/research/invitations/:id",
    open: async (page) => {
      await ScriptedDesk.watch(page, { messages: longTalk(), notes: someNotes() });
      const tab = page.getByRole("tab", { name: "Notes" });
      if (await tab.isVisible()) await tab.click();
      await expect(page.getByText("Watch the tone here.")).toBeVisible();
    },
  },
  {
    name: "a note edited in two windows",
    route: "/research/invitations/:id",
    open: async (page) => {
      const mine = note("n1", "Opens with thanks.");
      await ScriptedDesk.watch(page, { notes: [mine] });
      const tab = page.getByRole("tab", { name: "Notes" });
      if (await tab.isVisible()) await tab.click();
      await page.getByText("Opens with thanks.").hover();
      await page.getByRole("button", { name: "Edit note" }).click();
      await page.getByRole("form", { name: "Edit note" }).getByRole("textbox").fill("Opens with thanks, then waits.");
      Object.assign(mine, { body: "Opens with thanks and a smile.", version: 2 });
      await page.keyboard.press("Control+Enter");
      await expect(page.getByText("This note was changed in another window")).toBeVisible();
    },
  },
  {
    name: "a conversation in full width",
    route: "/research/conversations/:id",
    open: async (page) => {
      await ScriptedDesk.start(page, { messages: longTalk(), notes: someNotes(), observers: [lena] });
      await page.goto(`/research/conversations/${CONVERSATION}`);
      await expect(page.getByText("Nothing has happened for 2 minutes")).toBeVisible();
    },
  },
  {
    name: "a conversation in full width, ended",
    route: "/research/conversations/:id",
    open: async (page) => {
      const host = await ScriptedDesk.start(page, { messages: longTalk(), notes: someNotes() });
      await page.goto(`/research/conversations/${CONVERSATION}`);
      await expect(page.getByText("Yes. Name it, then stop talking.")).toBeVisible();
      host.says({ type: "ended", reason: "participant" });
      await expect(page.getByText("Ended by the participant")).toBeVisible();
    },
  },
  {
    name: "the desk of a new team",
    route: "/research",
    open: async (page) => {
      await ScriptedDesk.start(page, { totalInScope: 0 });
      await page.goto("/research");
      await expect(page.getByText("Your first invitation in three steps")).toBeVisible();
    },
  },
  {
    name: "the desk",
    route: "/research",
    whole: true,
    open: async (page) => {
      await ScriptedDesk.start(page, { desk: fullDesk() });
      await page.goto("/research");
      await expect(page.getByRole("link", { name: /^Watch/ }).first()).toBeVisible();
    },
  },
  {
    name: "invitations selected",
    route: "/research/invitations",
    as: "staff",
    open: async (page) => {
      const made = await newInvitations(page.request, { label: unique("Wave"), copies: 12 });
      await page.goto(`/research/invitations?batch=${made[0]?.id}`);
      await page.getByRole("checkbox", { name: "Select all 12 on this page" }).check();
      await expect(page.getByText("12 selected")).toBeVisible();
    },
  },
  {
    name: "tags",
    route: "/research/tags",
    open: async (page) => {
      await ScriptedDesk.start(page);
      await page.goto("/research/tags");
      await expect(page.getByRole("textbox", { name: "Name of Long pause" })).toBeVisible();
    },
  },
];
