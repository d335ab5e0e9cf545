// A list's state is kept in its URL.
import { expect, it } from "vitest";
import { oneOf, withChoices, withoutEmpty } from "./url-state";

const after = (now: string, change: Record<string, string | undefined>) =>
  withChoices(new URLSearchParams(now), change).toString();

it("keeps the other choices, and returns to the first page", () => {
  expect(after("role=STAFF&cursor=17", { search: "lena" })).toBe("role=STAFF&search=lena");
});

it("removes choices that were cleared", () => {
  expect(after("role=STAFF&search=lena", { role: "" })).toBe("search=lena");
  expect(after("search=lena", { search: "   " })).toBe("");
  expect(after("person=1", { person: undefined })).toBe("");
});

it("keeps all choices on the next page", () => {
  expect(after("role=GUEST&cursor=17", { cursor: "9" })).toBe("role=GUEST&cursor=9");
});

it("ignores values that aren't offered", () => {
  const roles = ["USER", "STAFF"] as const;
  expect(oneOf(new URLSearchParams("role=STAFF"), "role", roles)).toBe("STAFF");
  expect(oneOf(new URLSearchParams("role=ROOT"), "role", roles)).toBeUndefined();
  expect(oneOf(new URLSearchParams(), "role", roles)).toBeUndefined();
});

it("omits empty values", () => {
  expect(
    withoutEmpty<{ search: string; cursor: string; limit: number }>({ search: "", cursor: null, limit: 50 }),
  ).toEqual({
    limit: 50,
  });
});
