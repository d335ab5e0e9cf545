// Arranges a watched conversation by turns: the scene, and beside it what the coach wrote. In order of time throughout.
import type { LiveRow, MessageRow } from "../../../live/conversation-state";
import { inScene, marginRows } from "../../../live/conversation-view";

/** What identifies a message: all that stays the same while it grows. */
export type About = Pick<LiveRow, "id" | "turn" | "role" | "aside" | "createdAt">;
/** A message; the growing one has no row here, because its text changes too often. */
type Slot = { about: About; row: MessageRow | null };
export type Segment = { where: "scene" | "margin"; slots: readonly Slot[] };
export type TurnGroup = { turn: number; at: string; segments: readonly Segment[] };

export function turnGroups(rows: readonly MessageRow[], growing: About | null): readonly TurnGroup[] {
  const margin = new Set(marginRows(rows).map((r) => r.id));
  const groups: { turn: number; at: string; segments: { where: Segment["where"]; slots: Slot[] }[] }[] = [];
  const add = (about: About, row: MessageRow | null) => {
    const where = inScene(about) ? "scene" : "margin";
    let group = groups.at(-1);
    if (group?.turn !== about.turn) {
      group = { turn: about.turn, at: about.createdAt, segments: [] };
      groups.push(group);
    }
    let segment = group.segments.at(-1);
    if (segment?.where !== where) {
      segment = { where, slots: [] };
      group.segments.push(segment);
    }
    segment.slots.push({ about, row });
  };
  for (const row of rows) if (inScene(row) || margin.has(row.id)) add(row, row);
  if (growing) add(growing, null);
  return groups;
}
