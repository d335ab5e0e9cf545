// Changing the team's tags.
import { expect, it } from "vitest";
import { added, bodyOf, changed, moved, rowsOf, wrongIn } from "./tag-list";

const rows = rowsOf([
  { id: "a", name: "Interest", key: "1" },
  { id: "b", name: "Pause", key: "2" },
]);

it("gives a new tag the first free key", () => {
  expect(added(rows, "new").at(-1)).toEqual({ row: "new", name: "", key: "3" });
  const all = Array.from({ length: 36 }, (_, i) => i).reduce((list, i) => added(list, `${i}`), rowsOf([]));
  expect(new Set(all.map((r) => r.key)).size).toBe(36);
});

it("moves a tag by one place, and not beyond the ends", () => {
  expect(moved(rows, "b", -1).map((r) => r.row)).toEqual(["b", "a"]);
  expect(moved(rows, "b", 1).map((r) => r.row)).toEqual(["a", "b"]);
  expect(moved(rows, "a", -1).map((r) => r.row)).toEqual(["a", "b"]);
});

it("finds what the host would refuse", () => {
  const wrong = (change: { name?: string; key?: string }) => {
    const next = changed(rows, "b", change);
    return wrongIn(next, next[1] as (typeof next)[number]);
  };
  expect([
    wrong({}),
    wrong({ name: " " }),
    wrong({ key: "1" }),
    wrong({ key: "Ä" }),
    wrong({ name: "😀".repeat(41) }),
  ]).toEqual([
    {},
    { name: "Enter a name." },
    { key: "Another tag has this key." },
    { key: "Enter one letter from a to z, or a digit." },
    { name: "Enter at most 40 characters." },
  ]);
});

it("sends new tags without an id, in order", () => {
  const next = changed(moved(added(rows, "new"), "new", -1), "new", { name: " Tone " });
  expect(bodyOf(next)).toEqual([
    { id: "a", name: "Interest", key: "1" },
    { name: "Tone", key: "3" },
    { id: "b", name: "Pause", key: "2" },
  ]);
});
