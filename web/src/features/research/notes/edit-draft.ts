// Unsaved changes of notes, kept in this tab like the note being written.
import type { Note } from "../../../api/staff/types";

export type Edit = { body: string; tags: string[] /** The version that was changed. */; version: number };

/** Says whether a conflict is with this very change: it was saved, and only the answer was lost. */
export function alreadySaved(current: Note, { body, tags, version }: Edit): boolean {
  const sorted = (ids: readonly string[]) => ids.toSorted().join();
  return (
    current.version === version + 1 &&
    current.body.trim() === body.trim() &&
    sorted(current.tags.map((t) => t.id)) === sorted(tags)
  );
}

const keyOf = (id: string) => `coach:edit:${id}`;

export function readEdit(id: string): Edit | undefined {
  try {
    const text = sessionStorage.getItem(keyOf(id));
    return text ? (JSON.parse(text) as Edit) : undefined;
  } catch {
    return undefined;
  }
}

export const editKept = (id: string): boolean => readEdit(id) !== undefined;

export function keepEdit(id: string, edit: Edit | undefined): void {
  try {
    if (edit) sessionStorage.setItem(keyOf(id), JSON.stringify(edit));
    else sessionStorage.removeItem(keyOf(id));
  } catch {
    // Storage is blocked or full: the changes are kept only until the page is closed.
  }
}
