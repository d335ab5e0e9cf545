// What an invitation's page, or a conversation's, needs to watch one conversation and to write notes about it.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { Schemas } from "../../../api/client";
import { queries } from "../../../api/queries";
import { staffQueries } from "../../../api/staff/queries";
import type { MessageRow } from "../../../live/conversation-state";
import { ObservedConversation } from "../../../live/observed-conversation";
import { shortName } from "../../../ui/short-name";
import type { NoteLink } from "../notes/draft";
import { DraftStore } from "../notes/draft-store";
import { messageWords } from "./words";

const noRows: readonly MessageRow[] = [];
const ignore = () => () => {};

/** Without a conversation, nothing is watched: no socket is open, and the audit log notes nothing. */
export function useObservation(invitationId: string | undefined, conversation: Schemas["Conversation"] | undefined) {
  const id = conversation?.id;
  const partner = shortName(conversation?.partnerName ?? "");
  const observed = useMemo(() => (id === undefined ? null : new ObservedConversation(id)), [id]);
  // Stays connected as long as the page is open, whichever of its tabs is shown.
  const rows = useSyncExternalStore(observed?.subscribe ?? ignore, () => observed?.getSnapshot().rows ?? noRows);

  const me = useQuery(queries.me()).data?.id;
  const draft = useMemo(() => (me && invitationId ? new DraftStore(me, invitationId) : null), [me, invitationId]);

  const newest = useCallback((): NoteLink | undefined => {
    const now = observed?.getSnapshot();
    const message = now?.live ?? now?.rows.at(-1);
    if (!message || id === undefined) return undefined;
    return { conversationId: id, messageId: message.id, words: messageWords(message, partner) };
  }, [observed, id, partner]);

  const words = useCallback(
    (messageId: number) => {
      const row = rows.find((r) => r.id === messageId);
      return row && messageWords(row, partner);
    },
    [rows, partner],
  );

  const notes = useQuery({ ...staffQueries.notes(invitationId ?? ""), enabled: invitationId !== undefined }).data;
  const noteCounts = useMemo(() => {
    const counts = new Map<number, number>();
    for (const { messageId } of notes?.items ?? [])
      if (messageId !== undefined) counts.set(messageId, (counts.get(messageId) ?? 0) + 1);
    return counts;
  }, [notes]);
  return { observed, draft, newest, words, noteCounts };
}

export type Observation = ReturnType<typeof useObservation>;
