// Text that the host may not have yet: drafts and unacknowledged messages, kept across a reload.
// Session storage, not local storage: a shared tablet must not show the last person's words.
import type { Outgoing } from "./conversation-state";

type OutboxState = { draft: string; aside: boolean; outgoing: readonly Outgoing[] };
const nothing: OutboxState = { draft: "", aside: false, outgoing: [] };

export function openOutbox(conversationId: string) {
  const key = `coach:${conversationId}`;
  let kept = read(key);
  return {
    get: (): OutboxState => kept,
    set(change: Partial<OutboxState>): void {
      kept = { ...kept, ...change };
      try {
        if (kept.draft === "" && kept.outgoing.length === 0) sessionStorage.removeItem(key);
        else sessionStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // Storage is blocked or full: the text is kept only until the page is closed.
      }
    },
  };
}

function read(key: string): OutboxState {
  try {
    const text = sessionStorage.getItem(key);
    return text ? { ...nothing, ...(JSON.parse(text) as Partial<OutboxState>) } : nothing;
  } catch {
    return nothing;
  }
}
