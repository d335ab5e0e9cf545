// The address of the list says everything that the host is asked for.
import { expect, it } from "vitest";
import { filterIn, wantedBy } from "./list-query";

const asked = (address: string) => wantedBy(new URLSearchParams(address));

it("asks the host to search, filter and sort", () => {
  expect(asked("search=%20P-A%20&status=used_up&sort=label&cursor=abc")).toEqual({
    ...{ search: "P-A", status: "used_up", sort: "label", cursor: "abc", limit: 50 },
  });
  expect(asked("")).toEqual({ sort: "live", limit: 50 });
});

it("passes on no status and no order that the host does not know", () => {
  expect(asked("status=ROOT&sort=random")).toEqual({ sort: "live", limit: 50 });
});

it("takes all that were created together, in the order of their numbers", () => {
  expect(asked("batch=i1")).toEqual({ batch: "i1", sort: "label", limit: 200 });
  expect(asked("batch=i1&sort=newest")).toEqual({ batch: "i1", sort: "newest", limit: 200 });
});

it("leaves the page out of what a file is made of", () => {
  expect(filterIn(new URLSearchParams("search=a&cursor=abc"))).toEqual({ search: "a", sort: "live" });
});
