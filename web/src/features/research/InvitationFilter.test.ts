// Which invitations a search finds.
import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { found } from "./InvitationFilter";

const invitation = (label: string, state: string, live = false) => ({ label, state, live }) as Schemas["Invitation"];
const all = [
  invitation("Pilot, participant 7", "open"),
  invitation("Pilot, participant 8", "claimed", true),
  invitation("Group B", "revoked"),
];
const labels = (query: string) => found(all, new URLSearchParams(query)).map((i) => i.label);

it("finds by a part of the label and by state, the running ones first", () => {
  expect(labels("")).toEqual(["Pilot, participant 8", "Pilot, participant 7", "Group B"]);
  expect(labels("label= pilot ")).toEqual(["Pilot, participant 8", "Pilot, participant 7"]);
  expect(labels("state=live")).toEqual(["Pilot, participant 8"]);
  expect(labels("label=pilot&state=open")).toEqual(["Pilot, participant 7"]);
  expect(labels("label=nobody")).toEqual([]);
});
