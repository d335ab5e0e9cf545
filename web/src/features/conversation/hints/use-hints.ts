// Three hints in a participant's first conversation, shown one at a time: who answers, where the coach's first note is,
// and how to ask the coach. A hint disappears for good once it is dismissed or the participant sends something.
import { createContext, useContext, useEffect, useMemo, useState } from "react";
import type { Snapshot } from "../../../live/live-conversation";
import { useConversation } from "../../../live/use-conversation";

const HINT_IDS = ["partner", "coach", "ask"] as const;
export type HintId = (typeof HINT_IDS)[number];
type Hints = { current: HintId | null; close: (which: HintId) => void };

export const HintsContext = createContext<Hints>({ current: null, close: () => {} });
export const useHints = () => useContext(HintsContext);

const KEY = "coach:captions";

const isDue: Record<HintId, (s: Snapshot) => boolean> = {
  partner: (s) => s.synced && s.turn === 0,
  coach: (s) => s.heard.coach !== null && !s.heard.coach.aside,
  ask: (s) => s.turn >= 2 && s.turnState === "idle" && s.heard.partner !== null,
};

/** `userId` is stored, so that the next participant at a shared tablet gets the hints again. */
export function useHintState(userId: string | undefined, mayAsk: boolean): Hints {
  const [closed, setClosed] = useState<ReadonlySet<HintId>>(new Set());
  const before = useMemo(() => (userId === undefined ? new Set(HINT_IDS) : closedBefore(userId)), [userId]);
  const gone = (which: HintId) => closed.has(which) || before.has(which) || (which === "ask" && !mayAsk);
  const current = useConversation((s) => HINT_IDS.find((which) => isDue[which](s) && !gone(which)) ?? null);
  const sending = useConversation((s) => s.outgoing.length > 0 || s.ended !== null);
  const close = (which: HintId) => setClosed((others) => new Set(others).add(which));
  useEffect(() => {
    if (sending && current) setClosed((others) => new Set(others).add(current));
  }, [sending, current]);
  useEffect(() => {
    if (userId !== undefined && closed.size > 0) remember(userId, [...before, ...closed]);
  }, [userId, closed, before]);
  return { current, close };
}

function closedBefore(userId: string): ReadonlySet<HintId> {
  try {
    const [whose, ...which] = (localStorage.getItem(KEY) ?? "").split(" ");
    return new Set(whose === userId ? (which as HintId[]) : []);
  } catch {
    return new Set();
  }
}

function remember(userId: string, which: readonly HintId[]): void {
  try {
    localStorage.setItem(KEY, [userId, ...new Set(which)].join(" "));
  } catch {
    // Storage is blocked: the hints appear again in the next conversation.
  }
}
