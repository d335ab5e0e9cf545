// Entries of the audit log name their objects, even deleted ones.
import { expect, it } from "vitest";
import { actorName, objectName } from "./object-name";

const id = "0192aa00-0000-7000-8000-0000001bb2cb";

it("uses the names that the host sends", () => {
  expect(
    [
      { kind: "invitation", id, name: "Pilot-07" },
      { kind: "preset", id, name: "Ten" },
      { kind: "conversation", id, name: "Pilot-07" },
      { kind: "person", id, name: "Pilot-07" },
    ].map((subject) => objectName(subject).name),
  ).toEqual(["the invitation “Pilot-07”", "the preset “Ten”", "a conversation of “Pilot-07”", "Pilot-07"]);
});

it("falls back to the kind of an object, and to the end of an account's id", () => {
  expect(
    ["invitation", "preset", "conversation", "person", "moon"].map((kind) => objectName({ kind, id }).name),
  ).toEqual(["an invitation", "a quota preset", "a conversation", "Account 1bb2cb", "an object"]);
  const entry = { id: 1, at: "2026-11-24T12:00:00Z", deed: "signed_in", actor: id };
  expect([actorName(entry), actorName({ ...entry, actorName: "Lena" })]).toEqual(["Account 1bb2cb", "Lena"]);
});
