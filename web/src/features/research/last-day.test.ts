// A last day survives the round trip through an invitation in any time zone.
import { expect, it } from "vitest";
import { dayOf, endOfDay } from "./last-day";

it("reads the day that was set", () => {
  expect(dayOf(endOfDay("2026-11-30") ?? "")).toBe("2026-11-30");
  expect(dayOf(endOfDay("2026-03-01") ?? "")).toBe("2026-03-01");
  expect(endOfDay("")).toBeUndefined();
});
