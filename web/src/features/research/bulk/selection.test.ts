// Selecting invitations.
import { expect, it } from "vitest";
import type { Schemas } from "../../../api/client";
import { nothingSelected, type Selection, toggled, toRange, withAll, without } from "./selection";

const list = ["a", "b", "c", "d"].map((id) => ({ id, label: id }) as Schemas["Invitation"]);
const [a, b, , d] = list as [
  Schemas["Invitation"],
  Schemas["Invitation"],
  Schemas["Invitation"],
  Schemas["Invitation"],
];
const ids = (s: Selection) => [...s.keys()].join("");

it("selects and deselects one", () => {
  expect(ids(toggled(nothingSelected, b))).toBe("b");
  expect(ids(toggled(toggled(nothingSelected, b), b))).toBe("");
});

it("selects a range in either direction, and keeps the rest", () => {
  expect(ids(toRange(toggled(nothingSelected, a), list, "a", d))).toBe("abcd");
  expect(ids(toRange(toggled(nothingSelected, d), list, "d", b))).toBe("dbc");
});

it("selects only the row itself if the other end is on another page", () => {
  expect(ids(toRange(nothingSelected, list, "elsewhere", b))).toBe("b");
  expect(ids(toRange(nothingSelected, list, undefined, b))).toBe("b");
});

it("adds and removes a page without touching other pages", () => {
  const other = toggled(nothingSelected, { id: "x" } as Schemas["Invitation"]);
  expect(ids(withAll(other, list))).toBe("xabcd");
  expect(ids(without(withAll(other, list), list))).toBe("x");
});
