// The team's list of tags while it is being changed, as a pure value.
import type { NewTag, Tag } from "../../../api/staff/types";

/** `row` identifies a line of the form; new tags have no id yet. */
export type TagRow = NewTag & { row: string };

const keys = [..."1234567890abcdefghijklmnopqrstuvwxyz"];
export const MOST = keys.length;

export const rowsOf = (tags: readonly Tag[]): TagRow[] => tags.map((tag) => ({ ...tag, row: tag.id }));

/** Adds a tag with the first key that is free. */
export function added(rows: readonly TagRow[], row: string): TagRow[] {
  const used = new Set(rows.map((r) => r.key));
  return [...rows, { row, name: "", key: keys.find((key) => !used.has(key)) ?? "" }];
}

export function moved(rows: readonly TagRow[], row: string, by: -1 | 1): TagRow[] {
  const at = rows.findIndex((r) => r.row === row);
  const other = at + by;
  const [a, b] = [rows[at], rows[other]];
  if (!a || !b) return [...rows];
  return rows.with(at, b).with(other, a);
}

export const changed = (rows: readonly TagRow[], row: string, change: Partial<NewTag>): TagRow[] =>
  rows.map((r) => (r.row === row ? { ...r, ...change } : r));

/** Returns what is wrong with a tag, by field. */
export function wrongIn(rows: readonly TagRow[], { row, name, key }: TagRow): { name?: string; key?: string } {
  const others = rows.filter((r) => r.row !== row);
  const short = name.trim();
  return {
    ...(short === "" ? { name: "Enter a name." } : {}),
    ...([...short].length > 40 ? { name: "Enter at most 40 characters." } : {}),
    ...(/^[0-9a-z]$/.test(key) ? {} : { key: "Enter one letter from a to z, or a digit." }),
    ...(others.some((r) => r.key === key) ? { key: "Another tag has this key." } : {}),
  };
}

export const bodyOf = (rows: readonly TagRow[]): NewTag[] =>
  rows.map(({ row: _, name, ...rest }) => ({ ...rest, name: name.trim() }));
