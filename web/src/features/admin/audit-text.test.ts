// The audit log reads as sentences, even for actions that this page doesn't know.
import { expect, it } from "vitest";
import { auditActions, auditSentence, type Entry, kindOf, namesSubject } from "./audit-text";

const entry = (deed: string, more: Partial<Entry> = {}): Entry => ({
  id: 1,
  at: "2026-11-24T12:00:00Z",
  deed,
  ...more,
});
const person = { kind: "person", id: "u1" };
const said = (e: Entry) => {
  const { before, after } = auditSentence(e);
  return `${before}${e.subject && namesSubject(e) ? kindOf(e.subject.kind) : ""}${after}`;
};

it("names the new role", () => {
  expect(said(entry("role_given", { subject: person, detail: "STAFF" }))).toBe(
    "changed the role of an account to researcher",
  );
  expect(said(entry("role_given", { subject: person, detail: "ADMIN" }))).toBe(
    "changed the role of an account to administrator",
  );
});

it("puts the object in its place in the sentence", () => {
  const invitation = { kind: "invitation", id: "i1" };
  expect(said(entry("link_renewed", { subject: invitation }))).toBe("created a fresh link for an invitation");
  expect(said(entry("claimed", { subject: invitation }))).toBe("accepted an invitation");
  expect(said(entry("preset_removed", { subject: { kind: "preset", id: "p1" } }))).toBe("removed a quota preset");
});

it("shows the values before and after a change", () => {
  const changed = { subject: { kind: "invitation", id: "i1" }, detail: "tokens 10 -> 15; expires never -> 2026-12-01" };
  expect(said(entry("invitation_changed", changed))).toBe(
    "changed an invitation (tokens 10 → 15; expires never → 2026-12-01)",
  );
});

it("omits the object if the sentence doesn't mention it", () => {
  expect(said(entry("signed_in"))).toBe("signed in");
  expect(said(entry("signed_out", { subject: person }))).toBe("signed out everywhere");
});

it("falls back to the names of unknown actions and roles", () => {
  expect(said(entry("model_chosen"))).toBe("model chosen");
  expect(said(entry("model_chosen", { subject: person }))).toBe("model chosen · an account");
  expect(said(entry("role_given", { subject: person, detail: "OWNER" }))).toBe(
    "changed the role of an account to OWNER",
  );
});

it("has a sentence for every action", () => {
  const kind = (deed: string) => {
    if (deed.startsWith("preset")) return "preset";
    if (["observed", "observation_ended", "ended", "read"].includes(deed)) return "conversation";
    return /^(invit|claimed|link_|revoked)/.test(deed) ? "invitation" : "person";
  };
  const sentences = auditActions.map((deed) =>
    said(entry(deed, { subject: { kind: kind(deed), id: "1" }, ...(deed === "role_given" ? { detail: "USER" } : {}) })),
  );
  expect(sentences).toEqual([
    "signed in",
    "tried to sign in and was refused",
    "signed out everywhere",
    "ended all sessions of an account",
    "changed the role of an account to user",
    "disabled an account",
    "enabled an account again",
    "added a sign-in to an account",
    "moved their guest conversations to an account",
    "created an invitation",
    "accepted an invitation",
    "changed an invitation",
    "created a fresh link for an invitation",
    "revoked an invitation",
    "downloaded invitation links",
    "watched a conversation",
    "stopped watching a conversation",
    "ended a conversation",
    "read a conversation",
    "downloaded their data",
    "deleted the conversations of an account",
    "saved a quota preset",
    "removed a quota preset",
    "changed the tags for notes",
  ]);
});
