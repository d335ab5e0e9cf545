// The list of live conversations stays steady while phones come and go.
import { expect, it } from "vitest";
import type { LiveEntry } from "../../../api/staff/types";
import { LINGER, type Lingering, lingering } from "./lingering";

const entry = (id: string, turn = 1): LiveEntry => ({
  ...{ conversationId: id, invitationId: "i", label: id, title: "A raise", partnerName: "Dana" },
  ...{ turn, speaking: "idle", startedAt: "2026-11-23T14:20:00Z", observers: [] },
});
const ids = (list: readonly Lingering[]) => list.map((e) => (e.leftAt === undefined ? e.label : `${e.label} left`));

it("keeps every place while a phone leaves and joins every second", () => {
  let shown: Lingering[] = [];
  const seen = new Set<string>();
  for (let second = 0; second < 20; second++) {
    shown = lingering(shown, second % 2 ? [entry("b")] : [entry("a", second), entry("b")], second * 1_000);
    seen.add(ids(shown).join());
  }
  expect([...seen]).toEqual(["a,b", "a left,b"]);
});

it("removes a conversation once its participant has been away for a while", () => {
  const left = lingering([entry("a")], [], 1_000);
  expect(ids(left)).toEqual(["a left"]);
  expect(ids(lingering(left, [], 1_000 + LINGER - 1))).toEqual(["a left"]);
  expect(lingering(left, [], 1_000 + LINGER)).toEqual([]);
});

it("adds new conversations at the end, with their newest state", () => {
  expect(ids(lingering([entry("b")], [entry("a"), entry("b", 2)], 0))).toEqual(["b", "a"]);
  expect(lingering([entry("b")], [entry("b", 2)], 0)[0]?.turn).toBe(2);
});
