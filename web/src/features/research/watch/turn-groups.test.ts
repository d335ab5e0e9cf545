// A watched conversation: turn by turn, the coach beside the words that a note is about.
import { expect, it } from "vitest";
import type { MessageRow } from "../../../live/conversation-state";
import { turnGroups } from "./turn-groups";

const row = (id: number, turn: number, role: MessageRow["role"], more: Partial<MessageRow> = {}): MessageRow => ({
  ...{ id, turn, role, content: `m${id}`, createdAt: `t${id}`, aside: false, status: "complete" },
  ...more,
});

const shape = (...args: Parameters<typeof turnGroups>) =>
  turnGroups(...args).map(
    ({ turn, segments }) =>
      `${turn}: ${segments.map((s) => `${s.where} ${s.slots.map((m) => (m.row ? m.row.id : `${m.about.id}…`)).join()}`).join(" | ")}`,
  );

const oneTurn = [row(1, 0, "partner"), row(2, 1, "user"), row(3, 1, "partner"), row(4, 1, "coach")];

it("puts the coach beside the turn", () => {
  expect(shape(oneTurn, null)).toEqual(["0: scene 1", "1: scene 2,3 | margin 4"]);
});

it("keeps private questions and answers beside the turn they follow", () => {
  const asked = [...oneTurn, row(5, 1, "user", { aside: true }), row(6, 1, "coach", { aside: true })];
  expect(shape(asked, null)).toEqual(["0: scene 1", "1: scene 2,3 | margin 4,5,6"]);
});

it("keeps the order of time if the coach comments before the partner replies", () => {
  expect(shape([row(1, 1, "user"), row(2, 1, "coach"), row(3, 1, "partner")], null)).toEqual([
    "1: scene 1 | margin 2 | scene 3",
  ]);
});

it("places the growing message where it stays once it is done", () => {
  expect(shape([...oneTurn, row(5, 2, "user")], row(6, 2, "partner"))).toEqual([
    "0: scene 1",
    "1: scene 2,3 | margin 4",
    "2: scene 5,6…",
  ]);
  expect(shape(oneTurn.slice(0, 3), row(4, 1, "coach"))).toEqual(["0: scene 1", "1: scene 2,3 | margin 4…"]);
});

it("hides comments that were turned off, and shows the others that are missing", () => {
  const skipped = (reason: string) => row(4, 1, "coach", { status: "skipped", content: "", reason });
  expect(shape([...oneTurn.slice(0, 3), skipped("off")], null)).toEqual(["0: scene 1", "1: scene 2,3"]);
  expect(shape([...oneTurn.slice(0, 3), skipped("quota")], null)).toEqual(["0: scene 1", "1: scene 2,3 | margin 4"]);
});
