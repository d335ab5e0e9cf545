// Changes a note. If it was changed in another window in the meantime, both texts are shown, and the author chooses; if it
// was deleted there, the text can become a new note.
import { useMutation, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { problemOf } from "../../../api/client";
import { refreshNotes, staffCalls, staffQueries } from "../../../api/staff/queries";
import type { Note } from "../../../api/staff/types";
import { newId } from "../../../live/new-id";
import { announce } from "../../../ui/announce";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { inputLook } from "../../../ui/Field";
import { ProblemNotice } from "../../../ui/ProblemNotice";
import { exactly } from "../../../ui/times";
import { alreadySaved, type Edit, keepEdit, readEdit } from "./edit-draft";

/** How long an answer may take, in milliseconds. */
const PATIENCE = 10_000;

type Props = { note: Note; onDone: () => void };

export function NoteEditor({ note, onDone }: Props) {
  const id = useId();
  const tags = useQuery(staffQueries.tags()).data?.items ?? [];
  const [edit, setEdit] = useState<Edit>(
    () => readEdit(note.id) ?? { body: note.body, tags: note.tags.map((t) => t.id), version: note.version },
  );
  const change = (part: Partial<Edit>) => {
    const next = { ...edit, ...part };
    setEdit(next);
    keepEdit(note.id, next);
  };
  const [asking, setAsking] = useState(false);
  const [clientId] = useState(newId);
  const leave = () => {
    keepEdit(note.id, undefined);
    void refreshNotes(note.invitationId);
    onDone();
  };
  const save = useMutation({
    mutationFn: async (version: number) => {
      try {
        await staffCalls.editNote(note.id, { body: edit.body, tags: edit.tags, version });
      } catch (error) {
        const now = problemOf(error).code === "conflict" ? currentIn(problemOf(error)) : undefined;
        if (!now || !alreadySaved(now, { ...edit, version })) throw error;
      }
    },
    onSuccess: () => {
      announce("Note saved.");
      leave();
    },
  });
  const addNew = useMutation({
    mutationFn: () => {
      const { conversationId, messageId, startedAt } = note;
      // A tag that was removed from the team's list can't be put on a new note.
      const chosen = edit.tags.filter((id) => tags.some((tag) => tag.id === id));
      const about = conversationId && messageId !== undefined ? { conversationId, messageId } : {};
      const body = { body: edit.body, tags: chosen, startedAt, clientId, ...about };
      return staffCalls.addNote(note.invitationId, body, AbortSignal.timeout(PATIENCE));
    },
    onSuccess: () => {
      announce("Note added.");
      leave();
      document.querySelector<HTMLElement>("section[aria-label=Notes]")?.focus({ preventScroll: true });
    },
  });
  const problem = save.error ? problemOf(save.error) : undefined;
  const deleted = problem?.status === 404;
  const other = problem?.code === "conflict" ? currentIn(problem) : undefined;
  const submit = () => {
    if (save.isPending || addNew.isPending || (!edit.body.trim() && edit.tags.length === 0)) return;
    if (deleted) addNew.mutate();
    else save.mutate(other?.version ?? edit.version);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape" && !event.nativeEvent.isComposing) {
      // Otherwise the same key press would close the question at once.
      event.preventDefault();
      if (isChanged(edit, note)) setAsking(true);
      else leave();
    }
  };
  // Tags that were removed from the team's list stay on the note until its author removes them.
  const offered = [...tags, ...note.tags.filter((t) => !tags.some((tag) => tag.id === t.id))];
  return (
    <>
      <form
        aria-label="Edit note"
        className="mt-1"
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <label htmlFor={id} className="sr-only">
          Note
        </label>
        {other && <Conflict other={other} />}
        <textarea
          id={id}
          dir="auto"
          rows={4}
          // biome-ignore lint/a11y/noAutofocus: the researcher just chose to edit.
          autoFocus
          value={edit.body}
          onChange={({ target }) => change({ body: target.value })}
          className={`${inputLook} block`}
        />
        {offered.length > 0 && (
          <fieldset className="mt-1.5 flex flex-wrap gap-x-4">
            <legend className="sr-only">Tags</legend>
            {offered.map((tag) => (
              <label key={tag.id} className="flex min-h-8 min-w-0 items-center gap-1.5 text-sm pointer-coarse:min-h-11">
                <input
                  type="checkbox"
                  checked={edit.tags.includes(tag.id)}
                  onChange={({ target }) =>
                    change({ tags: target.checked ? [...edit.tags, tag.id] : edit.tags.filter((t) => t !== tag.id) })
                  }
                  className="size-4 accent-brand"
                />
                <span dir="auto" className="min-w-0 wrap-anywhere">
                  {tag.name}
                </span>
              </label>
            ))}
          </fieldset>
        )}
        {deleted && (
          <p role="alert" className="mt-2 text-sm text-danger">
            This note was deleted in another window. You can add your text as a new note.
          </p>
        )}
        {problem && !other && !deleted && <ProblemNotice problem={problem} />}
        {addNew.error && <ProblemNotice problem={problemOf(addNew.error)} />}
        <div className="mt-2 flex flex-wrap gap-2">
          <Button type="submit" look="act" aria-disabled={save.isPending || addNew.isPending}>
            {deleted ? "Add as a new note" : other ? "Save my text instead" : "Save note"}
          </Button>
          <Button look="tool" onClick={leave}>
            {other ? "Keep the other text" : "Cancel"}
          </Button>
        </div>
      </form>
      <Dialog open={asking} onClose={() => setAsking(false)} title="Discard your changes?">
        <p className="mb-4">The note stays as it was.</p>
        <div className="flex flex-wrap gap-3">
          <Button look="danger" onClick={leave}>
            Discard changes
          </Button>
          <Button look="plain" onClick={() => setAsking(false)}>
            Keep editing
          </Button>
        </div>
      </Dialog>
    </>
  );
}

const Conflict = ({ other }: { other: Note }) => (
  <div role="alert" className="mb-2 rounded-lg border border-danger/60 p-3 text-sm">
    <p className="font-semibold">This note was changed in another window</p>
    <p className="mb-1.5 text-muted">{`Saved there ${exactly(other.editedAt ?? other.createdAt)}:`}</p>
    <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
      {other.body}
    </p>
    <p className="mt-1 text-muted">
      {other.tags.length === 0 ? "No tags" : "Tags: "}
      {other.tags.map(({ id, name }, i) => (
        <bdi key={id}>{`${i > 0 ? ", " : ""}${name}`}</bdi>
      ))}
    </p>
    <p className="mt-1.5 text-muted">Your text is below.</p>
  </div>
);

/** A version that was changed meanwhile doesn't count: what matters is what the author sees in the editor. */
const isChanged = ({ body, tags }: Edit, note: Note) =>
  body !== note.body ||
  tags.toSorted().join() !==
    note.tags
      .map((t) => t.id)
      .toSorted()
      .join();

/** Returns the note as it is now, which the host sends along with a conflict. */
function currentIn(problem: object): Note | undefined {
  return "current" in problem ? (problem.current as Note) : undefined;
}
