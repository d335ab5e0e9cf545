// How much of a coach's note is announced to screen readers. The choice is kept for later conversations.
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
    // Storage is blocked: the choice lasts until the page is closed.
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
