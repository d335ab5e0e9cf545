// What a list shows is in its address, and nothing else is.
import { expect, it } from "vitest";
import { oneOf, withChoices, withoutEmpty } from "./url-state";

const after = (now: string, change: Record<string, string | undefined>) =>
  withChoices(new URLSearchParams(now), change).toString();

it("keeps the other choices, and begins at the newest again", () => {
  expect(after("role=STAFF&cursor=17", { search: "lena" })).toBe("role=STAFF&search=lena");
});

it("removes choices that were cleared", () => {
  expect(after("role=STAFF&search=lena", { role: "" })).toBe("search=lena");
  expect(after("search=lena", { search: "   " })).toBe("");
  expect(after("person=1", { person: undefined })).toBe("");
});

it("goes to the next page with the same choices", () => {
  expect(after("role=GUEST&cursor=17", { cursor: "9" })).toBe("role=GUEST&cursor=9");
});

it("takes no choice that is not offered", () => {
  const roles = ["USER", "STAFF"] as const;
  expect(oneOf(new URLSearchParams("role=STAFF"), "role", roles)).toBe("STAFF");
  expect(oneOf(new URLSearchParams("role=ROOT"), "role", roles)).toBeUndefined();
  expect(oneOf(new URLSearchParams(), "role", roles)).toBeUndefined();
});

it("names only what is there", () => {
  expect(
    withoutEmpty<{ search: string; cursor: string; limit: number }>({ search: "", cursor: null, limit: 50 }),
  ).toEqual({
    limit: 50,
  });
});
