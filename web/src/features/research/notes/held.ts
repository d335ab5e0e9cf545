// Notes being edited stay in the list although the host doesn't list them anymore: one that was deleted in another window
// must not take its author's unsaved text with it.
import type { Note } from "../../../api/staff/types";

/** `listed` is ordered from old to new; newer notes have larger ids. */
export function withHeld(listed: readonly Note[], held: readonly Note[]): Note[] {
  const all = [...listed];
  for (const note of held) {
    if (all.some((n) => n.id === note.id)) continue;
    const at = all.findIndex((n) => n.id > note.id);
    all.splice(at < 0 ? all.length : at, 0, note);
  }
  return all;
}
