// What all parts of a watched conversation need and that rarely changes.
import { createContext, useContext } from "react";

export type Watched = {
  conversationId: string;
  /** The partner's name. */
  partner: string;
  language: string;
  /** The number of notes about each message, by its id. */
  noteCounts: ReadonlyMap<number, number>;
};

export const WatchedContext = createContext<Watched | null>(null);

export function useWatchedConversation(): Watched {
  const watched = useContext(WatchedContext);
  if (!watched) throw new Error("no watched conversation around this component");
  return watched;
}
