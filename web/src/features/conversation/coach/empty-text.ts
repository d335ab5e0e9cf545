// What the coach's place says while it holds nothing.
import type { CoachMode } from "../scene";

/** What stands where there is no note yet, or none at all. */
export function emptyWords(mode: CoachMode, ended: boolean): string {
  if (ended) return "No notes in this conversation.";
  return mode === "asked"
    ? "The coach won't comment on its own here, but you can ask."
    : "After each turn, the coach writes you a note here.";
}
