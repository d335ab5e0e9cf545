// The text shown while there are no notes.
import type { CoachMode } from "../scene";

/** Returns the text for a conversation without notes, so far or at all. */
export function emptyWords(mode: CoachMode, ended: boolean): string {
  if (ended) return "No notes in this conversation.";
  return mode === "asked"
    ? "The coach won't write notes on its own here, but you can ask."
    : "After each turn, the coach writes you a note here.";
}
