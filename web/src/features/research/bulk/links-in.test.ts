// Every selected invitation is either copied or named with a reason.
import { expect, it } from "vitest";
import type { Schemas } from "../../../api/client";
import { linksIn } from "./links-in";

const one = (id: string, state: string, url?: string) => ({ id, state, url }) as unknown as Schemas["Invitation"];

it("names the invitations without a usable link", () => {
  const refused = [{ id: "4", code: "not_found", detail: "no such invitation" }];
  const items = [one("1", "open", "/invite/a"), one("2", "revoked", "/invite/b"), one("3", "claimed")];
  const { links, answer } = linksIn({ items, refused });
  expect(links).toEqual(["/invite/a"]);
  expect(answer.items.map((i) => i.id)).toEqual(["1"]);
  expect(answer.refused.map((r) => `${r.id}: ${r.detail}`)).toEqual([
    "4: no such invitation",
    "2: It was revoked.",
    "3: Its link can't be shown anymore. Create a fresh link to get a new one.",
  ]);
});
