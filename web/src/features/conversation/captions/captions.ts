// Three captions over a participant's first conversation: who answers, where the coach writes, how to ask. Each can be
// put away; all are gone for good once the first message is sent or the last one is put away.
import { createContext, useEffect, useMemo, useState } from "react";

export const WHICH = ["partner", "coach", "ask"] as const;
export type Which = (typeof WHICH)[number];
export type Captions = { open: ReadonlySet<Which>; close: (which: Which) => void };

const none: Captions = { open: new Set(), close: () => {} };
export const CaptionsContext = createContext<Captions>(none);

const KEY = "coach:captions";

/** `person` is the account: the next participant at a shared tablet is new here. */
export function useCaptions(person: string | undefined, begun: boolean): Captions {
  const [closed, setClosed] = useState<ReadonlySet<Which>>(new Set());
  const [shownBefore] = useState(lastPerson);
  const done = person === undefined || person === shownBefore || begun || closed.size === WHICH.length;
  useEffect(() => {
    if (person !== undefined && done) remember(person);
  }, [person, done]);
  return useMemo(() => {
    if (done) return none;
    const close = (which: Which) => setClosed((before) => new Set(before).add(which));
    return { open: new Set(WHICH.filter((which) => !closed.has(which))), close };
  }, [done, closed]);
}

function lastPerson(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(person: string): void {
  try {
    localStorage.setItem(KEY, person);
  } catch {
    // Storage is off: the captions come back with the next conversation.
  }
}
