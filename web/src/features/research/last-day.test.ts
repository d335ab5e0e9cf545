// A day goes into an invitation and comes back as the same day, whatever the time zone.
import { expect, it } from "vitest";
import { dayOf, endOfDay } from "./last-day";

it("comes back as it went in", () => {
  expect(dayOf(endOfDay("2026-11-30") ?? "")).toBe("2026-11-30");
  expect(dayOf(endOfDay("2026-03-01") ?? "")).toBe("2026-03-01");
  expect(endOfDay("")).toBeUndefined();
});
