// The audit log reads as sentences, also when the host knows a deed that the page does not.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { deedNames, type Entry, inWords, kindOf, namesSubject } from "./deeds";

const entry = (deed: string, more: Partial<Entry> = {}): Entry => ({
  id: 1,
  at: "2026-11-24T12:00:00Z",
  deed,
  ...more,
});
const person = { kind: "person", id: "u1" };
const said = (e: Entry) => {
  const { before, after } = inWords(e);
  return `${before}${e.subject && namesSubject(e) ? kindOf(e.subject.kind) : ""}${after}`;
};

it("says who became what", () => {
  expect(said(entry("role_given", { subject: person, detail: "STAFF" }))).toBe("made an account a researcher");
  expect(said(entry("role_given", { subject: person, detail: "ADMIN" }))).toBe("made an account an administrator");
});

it("puts the subject where the sentence has it", () => {
  const invitation = { kind: "invitation", id: "i1" };
  expect(said(entry("link_renewed", { subject: invitation }))).toBe("gave an invitation a fresh link");
  expect(said(entry("claimed", { subject: invitation }))).toBe("opened an invitation and agreed");
  expect(said(entry("preset_removed", { subject: { kind: "preset", id: "p1" } }))).toBe("removed a quota preset");
});

it("names no subject where there is none to name", () => {
  expect(said(entry("signed_in"))).toBe("signed in");
  expect(said(entry("signed_out", { subject: person }))).toBe("signed out everywhere");
});

it("says a deed it does not know by its name", () => {
  expect(said(entry("model_chosen"))).toBe("did “model chosen”");
  expect(said(entry("model_chosen", { subject: person }))).toBe("did “model chosen” to an account");
  expect(said(entry("role_given", { subject: person, detail: "OWNER" }))).toBe("made an account something else");
});

it("has a sentence for every deed of the host", () => {
  const core = readFileSync("../coach-core/src/audit.rs", "utf8");
  const names = [...core.matchAll(/Self::\w+(?:\(_\))? => "(\w+)"/g)].map((found) => found[1]);
  expect(names.length).toBeGreaterThan(15);
  expect(deedNames.toSorted()).toEqual(names.toSorted());
});
