// A saved change whose answer was lost.
import { expect, it } from "vitest";
import type { Note } from "../../../api/staff/types";
import { alreadySaved } from "./edit-draft";

const tag = (id: string) => ({ id, name: id });
const current = { body: "Calm.", tags: [tag("1"), tag("2")], version: 4 } as Note;

it("recognizes its own change, and no other", () => {
  expect(alreadySaved(current, { body: "Calm. ", tags: ["2", "1"], version: 3 })).toBe(true);
  expect(alreadySaved(current, { body: "Calm.", tags: ["1", "2"], version: 2 })).toBe(false);
  expect(alreadySaved(current, { body: "Calm", tags: ["1", "2"], version: 3 })).toBe(false);
  expect(alreadySaved(current, { body: "Calm.", tags: ["1"], version: 3 })).toBe(false);
});
