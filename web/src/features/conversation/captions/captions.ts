// Three hints over a participant's first conversation, one at a time and each when it matters: who answers, where the
// coach's first note is, how to ask. A hint goes for good once it is dismissed or the participant sends something.
import { createContext, useContext, useEffect, useMemo, useState } from "react";
import type { Snapshot } from "../../../live/live-conversation";
import { useConversation } from "../../../live/use-conversation";

const WHICH = ["partner", "coach", "ask"] as const;
export type Which = (typeof WHICH)[number];
export type Captions = { current: Which | null; close: (which: Which) => void };

export const CaptionsContext = createContext<Captions>({ current: null, close: () => {} });
export const useCaption = () => useContext(CaptionsContext);

const KEY = "coach:captions";

const isDue: Record<Which, (s: Snapshot) => boolean> = {
  partner: (s) => s.synced && s.turn === 0,
  coach: (s) => s.heard.coach !== null && !s.heard.coach.aside,
  ask: (s) => s.turn >= 2 && s.turnState === "idle" && s.heard.partner !== null,
};

/** `person` is the account: the next participant at a shared tablet is new here. */
export function useCaptions(person: string | undefined, mayAsk: boolean): Captions {
  const [closed, setClosed] = useState<ReadonlySet<Which>>(new Set());
  const before = useMemo(() => (person === undefined ? new Set(WHICH) : closedBefore(person)), [person]);
  const gone = (which: Which) => closed.has(which) || before.has(which) || (which === "ask" && !mayAsk);
  const current = useConversation((s) => WHICH.find((which) => isDue[which](s) && !gone(which)) ?? null);
  const sending = useConversation((s) => s.outgoing.length > 0 || s.ended !== null);
  const close = (which: Which) => setClosed((others) => new Set(others).add(which));
  useEffect(() => {
    if (sending && current) setClosed((others) => new Set(others).add(current));
  }, [sending, current]);
  useEffect(() => {
    if (person !== undefined && closed.size > 0) remember(person, [...before, ...closed]);
  }, [person, closed, before]);
  return { current, close };
}

function closedBefore(person: string): ReadonlySet<Which> {
  try {
    const [whose, ...which] = (localStorage.getItem(KEY) ?? "").split(" ");
    return new Set(whose === person ? (which as Which[]) : []);
  } catch {
    return new Set();
  }
}

function remember(person: string, which: readonly Which[]): void {
  try {
    localStorage.setItem(KEY, [person, ...new Set(which)].join(" "));
  } catch {
    // Storage is off: the hints come back with the next conversation.
  }
}
