// When a conversation took place and how it ended, even after its text was deleted.
import { expect, it } from "vitest";
import { atClock, exactly, when } from "../../ui/times";
import { ends, fromTo } from "./conversation-text";

const at = { createdAt: "2026-03-02T10:19:00Z", endedAt: "2026-03-02T10:24:00Z" };

it("shows the day once if both are the same", () => {
  expect(fromTo({ ...at, state: "ended" })).toBe(`${when(at.createdAt)} to ${atClock(at.endedAt)}`);
  const later = { ...at, state: "ended", endedAt: "2026-03-09T10:24:00Z" } as const;
  expect(fromTo(later)).toBe(`${when(at.createdAt)} to ${when(later.endedAt)}`);
  expect(fromTo({ createdAt: at.createdAt, state: "open" })).toBe(`started ${when(at.createdAt)}`);
});

it("distinguishes the end of a conversation from the deletion of its text", () => {
  const erasedAt = "2026-03-02T11:35:00Z";
  const erased = { ...at, state: "ended", endReason: "erased", erasedAt } as const;
  expect(ends(erased)).toBe(`Text deleted ${exactly(erasedAt)}`);
  expect(fromTo(erased)).toContain(atClock(at.endedAt));
  expect([ends({ ...at, state: "open" }), ends({ ...at, state: "ended", endReason: "max_turns" })]).toEqual([
    "In progress",
    "Ended: turn limit reached",
  ]);
  expect(ends({ ...at, state: "ended", endReason: "something new" })).toBe("Ended");
});
