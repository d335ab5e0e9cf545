// Connects a live conversation to React: components select the values they show and re-render only if those change.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { LiveConversation, Snapshot } from "./live-conversation";

export const ConversationContext = createContext<LiveConversation | null>(null);

export function useLive(): LiveConversation {
  const live = useContext(ConversationContext);
  if (!live) throw new Error("no conversation around this component");
  return live;
}

/** `select` must return an identical value (===) as long as nothing changed. */
export function useConversation<T>(select: (s: Snapshot) => T): T {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, () => select(live.getSnapshot()));
}
