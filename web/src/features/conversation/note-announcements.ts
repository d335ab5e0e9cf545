// How much of a coach's note a screen reader is told, kept for the next conversation.
import { useSyncExternalStore } from "react";

export type NoteAnnouncements = "text" | "fact" | "off";

const KEY = "coach:announcing";
const listeners = new Set<() => void>();
let chosen: NoteAnnouncements = read();

export function chooseNoteAnnouncements(next: NoteAnnouncements): void {
  chosen = next;
  for (const listener of listeners) listener();
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}

export function useNoteAnnouncements(): NoteAnnouncements {
  return useSyncExternalStore(subscribe, () => chosen);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function read(): NoteAnnouncements {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "fact" || kept === "off" ? kept : "text";
  } catch {
    return "text";
  }
}
