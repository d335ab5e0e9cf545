// Changes a note. If it was changed in another window in the meantime, both texts are shown, and the author chooses.
import { useMutation, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { problemOf } from "../../../api/client";
import { refreshNotes, staffCalls, staffQueries } from "../../../api/staff/queries";
import type { Note } from "../../../api/staff/types";
import { announce } from "../../../ui/announce";
import { Button } from "../../../ui/Button";
import { inputLook } from "../../../ui/Field";
import { ProblemNotice } from "../../../ui/ProblemNotice";
import { exactly } from "../../../ui/times";
import { type Edit, keepEdit, readEdit } from "./edit-draft";

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
  const leave = () => {
    keepEdit(note.id, undefined);
    void refreshNotes(note.invitationId);
    onDone();
  };
  const save = useMutation({
    mutationFn: (version: number) => staffCalls.editNote(note.id, { body: edit.body, tags: edit.tags, version }),
    onSuccess: () => {
      announce("Note saved.");
      leave();
    },
  });
  const problem = save.error ? problemOf(save.error) : undefined;
  const other = problem?.code === "conflict" ? currentIn(problem) : undefined;
  const submit = () => {
    if (!save.isPending && (edit.body.trim() || edit.tags.length > 0)) save.mutate(other?.version ?? edit.version);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") leave();
  };
  // Tags that were removed from the team's list stay on the note until its author removes them.
  const offered = [...tags, ...note.tags.filter((t) => !tags.some((tag) => tag.id === t.id))];
  return (
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
      {problem && !other && <ProblemNotice problem={problem} />}
      <div className="mt-2 flex flex-wrap gap-2">
        <Button type="submit" look="act" aria-disabled={save.isPending}>
          {other ? "Save my text instead" : "Save note"}
        </Button>
        <Button look="tool" onClick={leave}>
          {other ? "Keep the other text" : "Cancel"}
        </Button>
      </div>
    </form>
  );
}

const Conflict = ({ other }: { other: Note }) => (
  <div role="alert" className="mb-2 rounded-lg border border-danger/60 p-3 text-sm">
    <p className="font-semibold">This note was changed in another window</p>
    <p className="mb-1.5 text-muted">{`Saved there ${exactly(other.editedAt ?? other.createdAt)}:`}</p>
    <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
      {other.body}
    </p>
    <p className="mt-1.5 text-muted">Your text is below.</p>
  </div>
);

/** Returns the note as it is now, which the host sends along with a conflict. */
function currentIn(problem: object): Note | undefined {
  return "current" in problem ? (problem.current as Note) : undefined;
}
