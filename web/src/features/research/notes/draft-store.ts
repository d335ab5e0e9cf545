// Keeps the unsent note of one researcher on one invitation in this tab: it survives a reload, a lost network and an
// expired login. Session storage, as for participants: a shared computer must not show it to the next person.
import { createContext, useContext, useSyncExternalStore } from "react";
import { type Draft, emptyDraft, hasContent } from "./draft";

export class DraftStore {
  readonly #key: string;
  readonly #listeners = new Set<() => void>();
  #draft: Draft;

  constructor(userId: string, invitationId: string) {
    this.#key = `coach:note:${userId}:${invitationId}`;
    this.#draft = read(this.#key);
  }

  getSnapshot = (): Draft => this.#draft;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  set = (draft: Draft): void => {
    this.#draft = draft;
    try {
      if (hasContent(draft) || draft.body !== "") sessionStorage.setItem(this.#key, JSON.stringify(draft));
      else sessionStorage.removeItem(this.#key);
    } catch {
      // Storage is blocked or full: the note is kept only until the page is closed.
    }
    for (const listener of this.#listeners) listener();
  };
}

function read(key: string): Draft {
  try {
    const text = sessionStorage.getItem(key);
    return text ? { ...emptyDraft, ...(JSON.parse(text) as Partial<Draft>) } : emptyDraft;
  } catch {
    return emptyDraft;
  }
}

export const DraftContext = createContext<DraftStore | null>(null);

export function useDraftStore(): DraftStore {
  const store = useContext(DraftContext);
  if (!store) throw new Error("no draft around this component");
  return store;
}

/** `select` must return an identical value (===) as long as nothing changed. */
export function useDraft<T>(select: (d: Draft) => T): T {
  const store = useDraftStore();
  return useSyncExternalStore(store.subscribe, () => select(store.getSnapshot()));
}
