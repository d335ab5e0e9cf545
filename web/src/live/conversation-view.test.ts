// What the page asks of a conversation's state.
import { expect, it } from "vitest";
import { emptyConversation, type Row } from "./conversation-state";
import { notesAfter, turnsWarning } from "./conversation-view";

const row = (id: number, more: Partial<Row> = {}): Row => ({
  ...{ id, turn: id, role: "coach", content: "A note", status: "complete", aside: false, createdAt: "2026-11-23" },
  ...more,
});
const having = (...rows: Row[]) => ({ ...emptyConversation, rows });

it("warns of few turns in words that stay the same until the last one", () => {
  expect([undefined, 6, 5, 4, 2, 1, 0].map(turnsWarning)).toEqual([
    ...["", ""],
    ...Array(3).fill("Only a few turns are left."),
    ...["One turn is left.", ""],
  ]);
});

it("counts the coach's words after a message, answers too, and nothing else", () => {
  const skipped = row(5, { content: "", status: "skipped", reason: "quota" });
  const rows = [row(1), row(2), row(3, { role: "partner" }), row(4, { aside: true }), skipped];
  expect([0, 1, 4].map((id) => notesAfter(having(...rows), id))).toEqual([3, 2, 0]);
});
