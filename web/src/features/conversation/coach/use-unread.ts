// The number of unread notes on a phone.
import { useEffect, useState } from "react";
import { newestNote, notesAfter } from "../../../live/conversation-view";
import { useConversation } from "../../../live/use-conversation";

/** Counts the notes that arrived while the sheet was closed. Notes from before the page was opened count as read. */
export function useUnread(open: boolean): number {
  const newest = useConversation((s) => (s.synced ? (newestNote(s)?.id ?? 0) : null));
  const [read, setRead] = useState(newest);
  useEffect(() => {
    if (newest !== null) setRead((before) => (open || before === null ? newest : before));
  }, [newest, open]);
  return useConversation((s) => (read === null ? 0 : notesAfter(s, read)));
}
