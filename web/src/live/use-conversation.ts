// The bridge between a live conversation and React: components select what they show and re-render for nothing else.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { LiveConversation, Snapshot } from "./live-conversation";

export const ConversationContext = createContext<LiveConversation | null>(null);

export function useLive(): LiveConversation {
  const live = useContext(ConversationContext);
  if (!live) throw new Error("no conversation around this component");
  return live;
}

/** `select` must return a value that is equal (===) as long as nothing changed. */
export function useConversation<T>(select: (s: Snapshot) => T): T {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => select(live.getSnapshot()));
}
