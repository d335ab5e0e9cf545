// One note: when and about what it was written, by whom, and what can be done with it.
import { Pencil } from "lucide-react";
import { memo, useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { Note } from "../../../api/staff/types";
import { researchPaths } from "../../../research-paths";
import { IconButton } from "../../../ui/Button";
import { exactly } from "../../../ui/times";
import { initialsOf, personName } from "../people";
import { messageHash } from "../watch/message-hash";
import { DeleteNote } from "./DeleteNote";
import { editKept } from "./edit-draft";
import { NoteEditor } from "./NoteEditor";
import { NoteHistory } from "./NoteHistory";
import { toTheSecond } from "./note-times";

type Props = {
  note: Note;
  /** It was unread when it appeared. */
  fresh: boolean;
  /** Names the message it is about, if that is on screen. */
  words: string | undefined;
  /** Must stay the same from one render to the next. */
  onEditing: (note: Note, on: boolean) => void;
};

export const NoteItem = memo(function NoteItem({ note, fresh, words, onEditing }: Props) {
  const [editing, setEditing] = useState(() => note.mine && editKept(note.id));
  const item = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a note that changes is still the same one.
  useEffect(() => {
    if (!editing) return;
    onEditing(note, true);
    return () => onEditing(note, false);
  }, [editing, note.id, onEditing]);
  const close = () => {
    setEditing(false);
    item.current?.focus({ preventScroll: true });
  };
  const author = note.mine ? "You" : personName(note.author);
  return (
    <li className="group relative flex items-start gap-2.5">
      <span
        aria-hidden
        className={`mt-0.5 grid size-7 shrink-0 place-items-center rounded-full text-xs font-semibold ${note.mine ? "bg-you text-you-ink" : "border border-line bg-raised text-muted"}`}
      >
        {note.mine ? "me" : initialsOf(author)}
      </span>
      <article ref={item} tabIndex={-1} aria-label={`Note by ${author}`} className="min-w-0 flex-1 outline-none">
        <div className="flex flex-wrap items-baseline gap-x-2 text-xs text-muted">
          <span className="font-semibold text-ink" dir="auto">
            {author}
          </span>
          <About note={note} words={words} />
          {fresh && <span className="rounded-full border border-live px-1.5 text-live">New</span>}
          {note.editedAt && !note.erasedAt && <NoteHistory note={note} />}
        </div>
        {editing ? (
          <NoteEditor note={note} onDone={close} />
        ) : (
          <>
            {note.erasedAt ? (
              <p className="text-muted italic">The text was deleted with the participant's data.</p>
            ) : (
              <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
                {note.body}
              </p>
            )}
            <TagNames note={note} />
            {note.mine && !note.erasedAt && (
              <span className="absolute right-0 -bottom-3 flex rounded-full bg-surface opacity-0 shadow-raise group-hover:opacity-100 focus-within:opacity-100 pointer-coarse:static pointer-coarse:-ms-3 pointer-coarse:opacity-100 pointer-coarse:shadow-none">
                <IconButton
                  label="Edit note"
                  className="!size-10 pointer-coarse:!size-11"
                  onClick={() => setEditing(true)}
                >
                  <Pencil aria-hidden className="size-4" />
                </IconButton>
                <DeleteNote note={note} />
              </span>
            )}
          </>
        )}
      </article>
    </li>
  );
});

function About({ note, words }: { note: Note; words: string | undefined }) {
  return (
    <>
      <time dateTime={note.startedAt} title={exactly(note.startedAt)}>
        {toTheSecond(note.startedAt)}
      </time>
      {note.conversationId && note.messageId !== undefined && (
        <Link
          to={`${researchPaths.watch(note.invitationId, note.conversationId)}${messageHash(note.messageId)}`}
          preventScrollReset
          className="underline underline-offset-2 hover:text-ink"
        >
          {words ?? "a message"}
        </Link>
      )}
    </>
  );
}

function TagNames({ note }: { note: Note }) {
  if (note.tags.length === 0) return null;
  return (
    <ul aria-label="Tags" className="mt-1 flex flex-wrap gap-1">
      {note.tags.map(({ id, name }) => (
        <li key={id} dir="auto" className="rounded-full border border-line px-2 text-xs wrap-anywhere text-muted">
          {name}
        </li>
      ))}
    </ul>
  );
}
