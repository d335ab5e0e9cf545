// Unsaved changes of notes, kept in this tab like the note being written.
export type Edit = { body: string; tags: string[] /** The version that was changed. */; version: number };

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
