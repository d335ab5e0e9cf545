// Connects a watched conversation to React, like use-conversation.ts. Its type has nothing to send.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Snapshot } from "./followed-conversation";
import type { ObservedConversation } from "./observed-conversation";

export const ObservedContext = createContext<ObservedConversation | null>(null);

export function useObserved(): ObservedConversation {
  const observed = useContext(ObservedContext);
  if (!observed) throw new Error("no watched conversation around this component");
  return observed;
}

/** `select` must return an identical value (===) as long as nothing changed. */
export function useWatched<T>(select: (s: Snapshot) => T): T {
  const observed = useObserved();
  return useSyncExternalStore(observed.subscribe, () => select(observed.getSnapshot()));
}
