// The notes on an invitation, oldest first, with the newest in view. A colleague's note appears within three seconds.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { problemOf } from "../../../api/client";
import { staffQueries } from "../../../api/staff/queries";
import type { Note } from "../../../api/staff/types";
import { Button } from "../../../ui/Button";
import { ProblemNotice } from "../../../ui/ProblemNotice";
import { Skeleton } from "../../../ui/Skeleton";
import { useFollow } from "../use-follow";
import { withHeld } from "./held";
import { NoteItem } from "./NoteItem";
import { TagFilter } from "./TagFilter";
import { useMarkRead } from "./use-mark-read";

type Props = {
  invitationId: string;
  /** Names a message of the watched conversation. */
  words: (messageId: number) => string | undefined;
  /** The panel is on screen: only then are notes read. */
  shown: boolean;
};

export function NotesPanel({ invitationId, words, shown }: Props) {
  const [tag, setTag] = useState<string>();
  const notes = useQuery(staffQueries.notes(invitationId, tag));
  const [older, setOlder] = useState<Note[]>([]);
  const [next, setNext] = useState<string | null>();
  const listed = notes.data?.items ?? [];
  const known = new Set(listed.map((n) => n.id));
  const [held, setHeld] = useState<readonly Note[]>([]);
  const hold = useCallback((note: Note, on: boolean) => {
    setHeld((now) => [...now.filter((n) => n.id !== note.id), ...(on ? [note] : [])]);
  }, []);
  const all = withHeld([...listed, ...older.filter((n) => !known.has(n.id))].toReversed(), held);
  const { area, content, keepPlace } = useFollow(all.at(-1)?.id, all[0]?.id);
  const fresh = useMarkRead(listed, shown);
  const cursor = next === undefined ? notes.data?.next : next;
  const more = useQuery({
    ...staffQueries.olderNotes(invitationId, cursor ?? "", tag),
    enabled: false,
  });
  const loadOlder = async () => {
    keepPlace();
    const { data } = await more.refetch();
    if (!data) return;
    setOlder([...older, ...data.items]);
    setNext(data.next ?? null);
  };
  const filter = (id: string | undefined) => {
    setTag(id);
    setOlder([]);
    setNext(undefined);
  };
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-3 border-b border-line px-4 py-1.5">
        <h2 className="min-h-10 py-2 font-semibold">Notes</h2>
        <TagFilter value={tag} onChange={filter} />
      </div>
      <div className="relative min-h-0 flex-1">
        <section
          ref={area}
          tabIndex={0}
          data-region=""
          aria-label="Notes"
          className="scroll-y absolute inset-0 px-4 py-3"
        >
          <div ref={content}>
            {notes.error && !notes.data && (
              <ProblemNotice problem={problemOf(notes.error)} onRetry={() => void notes.refetch()} />
            )}
            {!notes.data && !notes.error && <Skeleton rows={2} />}
            {notes.data && all.length === 0 && (
              <p className="text-muted">
                {tag
                  ? "No note has this tag."
                  : "No notes yet. They're for researchers only; participants never see them."}
              </p>
            )}
            {cursor && (
              <p className="mb-3 flex justify-center">
                <Button look="tool" onClick={loadOlder}>
                  Load older notes
                </Button>
              </p>
            )}
            <ol className="space-y-3.5">
              {all.map((note) => (
                <NoteItem
                  key={note.id}
                  note={note}
                  fresh={fresh.has(note.id)}
                  onEditing={hold}
                  words={note.messageId === undefined ? undefined : words(note.messageId)}
                />
              ))}
            </ol>
          </div>
        </section>
      </div>
    </>
  );
}
