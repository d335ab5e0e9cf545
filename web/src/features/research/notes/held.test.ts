// Notes being edited stay where they were.
import { expect, it } from "vitest";
import type { Note } from "../../../api/staff/types";
import { withHeld } from "./held";

const note = (id: string, body = "") => ({ id, body }) as Note;
const ids = (notes: Note[]) => notes.map((n) => n.id).join("");

it("keeps a note that isn't listed anymore in its place", () => {
  expect(ids(withHeld([note("a"), note("c")], [note("b")]))).toBe("abc");
  expect(ids(withHeld([note("a")], [note("b")]))).toBe("ab");
  expect(ids(withHeld([], [note("b")]))).toBe("b");
});

it("shows a listed note as the host has it", () => {
  expect(withHeld([note("a", "new")], [note("a", "old")])).toEqual([note("a", "new")]);
});
