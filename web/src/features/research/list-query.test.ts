// The request to the host follows from the list's URL alone.
import { expect, it } from "vitest";
import { filterIn, wantedBy } from "./list-query";

const asked = (address: string) => wantedBy(new URLSearchParams(address));

it("asks the host to search, filter and sort", () => {
  expect(asked("search=%20P-A%20&status=used_up&sort=label&cursor=abc")).toEqual({
    ...{ search: "P-A", status: "used_up", sort: "label", cursor: "abc", limit: 50 },
  });
  expect(asked("")).toEqual({ sort: "live", limit: 50 });
});

it("ignores a status and an order that the host doesn't know", () => {
  expect(asked("status=ROOT&sort=random")).toEqual({ sort: "live", limit: 50 });
});

it("requests a whole batch in the order of its numbers", () => {
  expect(asked("batch=i1")).toEqual({ batch: "i1", sort: "label", limit: 200 });
  expect(asked("batch=i1&sort=newest")).toEqual({ batch: "i1", sort: "newest", limit: 200 });
});

it("exports all pages of a list", () => {
  expect(filterIn(new URLSearchParams("search=a&cursor=abc"))).toEqual({ search: "a", sort: "live" });
});
