// Values derived from a conversation's state.
import { expect, it } from "vitest";
import { emptyConversation, type MessageRow } from "./conversation-state";
import { activity, closedBy, lastSent, missingNote, notesAfter, turnsText, turnsWarning } from "./conversation-view";

const row = (id: number, more: Partial<MessageRow> = {}): MessageRow => ({
  ...{ id, turn: id, role: "coach", content: "A note", status: "complete", aside: false, createdAt: "2026-11-23" },
  ...more,
});
const having = (...rows: MessageRow[]) => ({ ...emptyConversation, rows });

const left = (turnsLeft: number | undefined, turnLimit?: "quota" | "conversation") => ({ turnsLeft, turnLimit });

it("shows the number of turns only up to twenty, and marks estimates", () => {
  const quota = [undefined, 164, 21, 20, 17, 12, 10, 6, 5, 2, 1, 0].map((n) => turnsText(left(n, "quota")));
  expect(quota).toEqual([
    ...["", "", "", "About 20 turns left", "About 15 turns left", "About 10 turns left", "About 10 turns left"],
    ...["About 6 turns left", "5 turns left", "2 turns left", "1 turn left", "Less than a turn left"],
  ]);
  expect(turnsText(left(12, "conversation"))).toBe("12 turns left");
});

it("never shows a higher number as turns are used", () => {
  const shown = Array.from({ length: 20 }, (_, i) => Number(/\d+/.exec(turnsText(left(20 - i, "quota")))?.[0]));
  expect(shown).toEqual([...shown].sort((a, b) => b - a));
});

it("warns at five turns and at one, names what ends, and doesn't change in between", () => {
  expect([undefined, 6].map((n) => turnsWarning(left(n, "quota"), true))).toEqual(["", ""]);
  expect([5, 4, 2].map((n) => turnsWarning(left(n, "conversation"), true))).toEqual(
    Array(3).fill("Only a few turns are left in this conversation."),
  );
  expect(turnsWarning(left(1, "quota"), true)).toBe("This is your last turn on this invitation.");
  expect(turnsWarning(left(1, "quota"), false)).toBe("This is your last turn.");
  expect(turnsWarning(left(0, "quota"), true)).toContain("may still go through");
});

it("closes only once the host has refused a message for good", () => {
  const outgoing = (code: string, retryable: boolean) => [
    { clientId: "c", content: "Hi", aside: false, refusal: { code, text: "", retryable } },
  ];
  const state = { ...emptyConversation, turnsLeft: 0 };
  expect(closedBy(state)).toBeUndefined();
  expect(closedBy({ ...state, outgoing: outgoing("quota_exhausted", true) })).toBeUndefined();
  expect(closedBy({ ...state, outgoing: outgoing("quota_exhausted", false) })).toBe("quota_exhausted");
  // A shorter message may still fit, or tokens were added.
  expect(closedBy({ ...state, turnsLeft: 1, outgoing: outgoing("quota_exhausted", false) })).toBeUndefined();
});

it("says that the coach is reading until its first word, then writing", () => {
  const reading = { ...emptyConversation, turn: 1, turnState: "coach" as const };
  const live = { ...row(3), status: "streaming" as const, bytes: 1 };
  expect([activity(reading), activity({ ...reading, live })]).toEqual(["reading", "writing"]);
  const asked = { ...reading, turnState: "aside" as const };
  expect([activity(asked), activity({ ...asked, live: { ...live, aside: true } })]).toEqual(["asked", "answering"]);
});

it("says that an answer failed until the participant sends something", () => {
  const failed = having(row(1, { role: "user" }), row(2, { role: "partner", status: "failed", turn: 1 }));
  expect(activity(failed)).toBe("failed");
  const outgoing = [{ clientId: "c", content: "Hi", aside: false }];
  expect(activity({ ...failed, outgoing })).toBe("yours");
});

it("finds a missing note only on the last turn", () => {
  const skipped = (turn: number, reason: string) => row(turn * 10, { turn, content: "", status: "skipped", reason });
  expect(missingNote({ ...having(row(1), skipped(2, "failed")), turn: 2 })?.turn).toBe(2);
  expect(missingNote({ ...having(row(1), skipped(2, "failed")), turn: 3 })).toBeUndefined();
  expect(missingNote({ ...having(row(1), skipped(2, "scenario")), turn: 2 })).toBeUndefined();
});

it("keeps a message's key after the host has accepted it", () => {
  const sending = { ...emptyConversation, outgoing: [{ clientId: "c7", content: "Hi", aside: false }] };
  const taken = having(row(7, { role: "user", clientId: "c7" }));
  expect([lastSent(sending, false), lastSent(taken, false)]).toEqual(["c7", "c7"]);
});

it("counts only the coach's notes and answers after a message", () => {
  const skipped = row(5, { content: "", status: "skipped", reason: "quota" });
  const rows = [row(1), row(2), row(3, { role: "partner" }), row(4, { aside: true }), skipped];
  expect([0, 1, 4].map((id) => notesAfter(having(...rows), id))).toEqual([3, 2, 0]);
});
