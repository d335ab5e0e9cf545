// How much of a coach's note a screen reader is told, kept for the next conversation.
import { useSyncExternalStore } from "react";

export type Announcing = "text" | "fact" | "off";

const KEY = "coach:announcing";
const listeners = new Set<() => void>();
let chosen: Announcing = read();

export function chooseAnnouncing(next: Announcing): void {
  chosen = next;
  for (const listener of listeners) listener();
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
}

export function useAnnouncing(): Announcing {
  return useSyncExternalStore(subscribe, () => chosen);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function read(): Announcing {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "fact" || kept === "off" ? kept : "text";
  } catch {
    return "text";
  }
}
