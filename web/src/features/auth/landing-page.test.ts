// Where people arrive after signing in.
import { afterEach, expect, it, vi } from "vitest";
import { queryClient } from "../../api/queries";
import { landingPage } from "./landing-page";

afterEach(() => {
  queryClient.clear();
  vi.unstubAllGlobals();
});

const signedInAs = (role: string) =>
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ role, invitations: [] })));

it("leads researchers and administrators to the desk, and others home", async () => {
  for (const [role, page] of [
    ["STAFF", "/research"],
    ["ADMIN", "/research"],
    ["USER", "/"],
    ["GUEST", "/"],
  ] as const) {
    queryClient.clear();
    signedInAs(role);
    expect(await landingPage("/")).toBe(page);
  }
});

it("leads everyone to the page they asked for", async () => {
  signedInAs("STAFF");
  expect(await landingPage("/account")).toBe("/account");
});

it("leads home if the role isn't known", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 401 })));
  expect(await landingPage("/")).toBe("/");
});
