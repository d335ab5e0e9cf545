import { expect, it, vi } from "vitest";
import { loadError } from "./load-error";

const offline = new TypeError("Failed to fetch");
const query = (data: unknown, error: unknown) => ({ data, error, refetch: vi.fn() });

it("keeps showing loaded data if a refetch fails", () => {
  expect(loadError(query({ name: "Ada" }, offline), query([], null))).toBeUndefined();
  expect(loadError(query(undefined, null))).toBeUndefined();
});

it("retries only the queries without data", () => {
  const [me, scenarios, both] = [query(undefined, offline), query([], offline), query(undefined, offline)];
  const failure = loadError(me, scenarios, both);
  expect(failure?.problem.code).toBe("offline");
  failure?.onRetry();
  expect([me, scenarios, both].map(({ refetch }) => refetch.mock.calls.length)).toEqual([1, 0, 1]);
});
