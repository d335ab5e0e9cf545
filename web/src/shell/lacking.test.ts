import { expect, it, vi } from "vitest";
import { lacking } from "./lacking";

const offline = new TypeError("Failed to fetch");
const query = (data: unknown, error: unknown) => ({ data, error, refetch: vi.fn() });

it("keeps what is on the page when asking again fails", () => {
  expect(lacking(query({ name: "Ada" }, offline), query([], null))).toBeUndefined();
  expect(lacking(query(undefined, null))).toBeUndefined();
});

it("asks again for everything that did not come, and for nothing else", () => {
  const [me, scenarios, both] = [query(undefined, offline), query([], offline), query(undefined, offline)];
  const refused = lacking(me, scenarios, both);
  expect(refused?.problem.code).toBe("offline");
  refused?.onRetry();
  expect([me, scenarios, both].map(({ refetch }) => refetch.mock.calls.length)).toEqual([1, 0, 1]);
});
