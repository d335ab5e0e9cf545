// `/research/tags`: the team's own list of quick tags, each with one key.
import { useMutation, useQuery } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { problemOf } from "../../../api/client";
import { queryClient } from "../../../api/queries";
import { staffCalls, staffQueries } from "../../../api/staff/queries";
import type { TagList } from "../../../api/staff/types";
import { LoadErrorPage } from "../../../shell/LoadErrorPage";
import { loadError } from "../../../shell/load-error";
import { announce } from "../../../ui/announce";
import { Button, IconButton } from "../../../ui/Button";
import { inputLook } from "../../../ui/Field";
import { PageHeading } from "../../../ui/PageHeading";
import { ProblemNotice } from "../../../ui/ProblemNotice";
import { Skeleton } from "../../../ui/Skeleton";
import { added, bodyOf, changed, MOST, moved, rowsOf, type TagRow, wrongIn } from "./tag-list";

/** Identifies lines of new tags. */
let count = 0;

export default function TagsPage() {
  const tags = useQuery(staffQueries.tags());
  const failure = loadError(tags);
  if (failure) return <LoadErrorPage {...failure} />;
  return (
    <main id="main" className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-5 sm:py-8">
      <PageHeading title="Tags" />
      <p className="mt-1 mb-5 text-muted">
        Your team's tags for notes. While you watch, a tag's key adds it to the note you're writing: the key alone
        outside the note, or Alt with the key while you write. Notes keep the names of tags that are removed here.
      </p>
      {tags.data ? <TagForm list={tags.data} /> : <Skeleton />}
    </main>
  );
}

function TagForm({ list }: { list: TagList }) {
  // The list as it was when the first change was made; colleagues' changes meanwhile are a conflict.
  const [edit, setEdit] = useState<{ version: number; rows: TagRow[] }>();
  const [checked, setChecked] = useState(false);
  const { version, rows } = edit ?? { version: list.version, rows: rowsOf(list.items) };
  const save = useMutation({
    mutationFn: staffCalls.writeTags,
    onSuccess: (saved) => {
      queryClient.setQueryData(staffQueries.tags().queryKey, saved);
      setEdit(undefined);
      setChecked(false);
      announce("Tags saved.");
    },
  });
  const set = (next: TagRow[]) => setEdit({ version, rows: next });
  const problem = save.error ? problemOf(save.error) : undefined;
  const wrong = new Map(rows.map((row) => [row.row, wrongIn(rows, row)]));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    const first = rows.find((row) => Object.keys(wrong.get(row.row) ?? {}).length > 0);
    if (first) document.getElementById(`${wrong.get(first.row)?.name ? "name" : "key"}-${first.row}`)?.focus();
    else if (!save.isPending) save.mutate({ version, items: bodyOf(rows) });
  };
  const remove = (row: string) => {
    set(rows.filter((r) => r.row !== row));
    document.getElementById("add-tag")?.focus();
  };
  const discard = () => {
    setEdit(undefined);
    setChecked(false);
    save.reset();
  };
  return (
    <form onSubmit={submit} noValidate>
      {rows.length === 0 && (
        <p className="mb-4 rounded-2xl border border-line bg-surface p-5 text-muted">
          There are no tags yet. Add one for each kind of moment that your team looks for.
        </p>
      )}
      <ul className="space-y-2">
        {rows.map((row, i) => (
          <TagLine
            key={row.row}
            row={row}
            errors={checked ? (wrong.get(row.row) ?? {}) : {}}
            first={i === 0}
            last={i === rows.length - 1}
            onChange={(change) => set(changed(rows, row.row, change))}
            onMove={(by) => set(moved(rows, row.row, by))}
            onRemove={() => remove(row.row)}
          />
        ))}
      </ul>
      <Button
        id="add-tag"
        look="tool"
        className="mt-3"
        aria-disabled={rows.length >= MOST}
        onClick={() => rows.length < MOST && set(added(rows, `new-${++count}`))}
      >
        <Plus aria-hidden className="size-4" /> Add tag
      </Button>
      {problem?.code === "conflict" && (
        <div role="alert" className="mt-4 rounded-xl border border-danger/50 bg-surface p-4">
          <p className="font-semibold">A colleague changed the tags in the meantime</p>
          <p className="text-muted">
            {`Their list: ${list.items.map((t) => t.name).join(", ") || "no tags"}. Your changes are still in the form.`}
          </p>
          <Button
            look="tool"
            className="mt-2"
            onClick={() => save.mutate({ version: list.version, items: bodyOf(known(rows, list)) })}
          >
            Save mine instead
          </Button>
        </div>
      )}
      {problem && problem.code !== "conflict" && <ProblemNotice problem={problem} />}
      {edit && (
        <div className="mt-5 flex flex-wrap gap-3">
          <Button type="submit" look="act" aria-disabled={save.isPending}>
            Save tags
          </Button>
          <Button look="tool" onClick={discard}>
            {problem?.code === "conflict" ? "Use their list" : "Discard changes"}
          </Button>
        </div>
      )}
    </form>
  );
}

/** A tag that a colleague removed becomes a new one. */
const known = (rows: readonly TagRow[], list: TagList): TagRow[] =>
  rows.map(({ id, ...row }) => (id && list.items.some((tag) => tag.id === id) ? { id, ...row } : row));

type LineProps = {
  row: TagRow;
  errors: { name?: string; key?: string };
  first: boolean;
  last: boolean;
  onChange: (change: Partial<TagRow>) => void;
  onMove: (by: -1 | 1) => void;
  onRemove: () => void;
};

function TagLine({ row, errors, first, last, onChange, onMove, onRemove }: LineProps) {
  const name = row.name.trim() || "new tag";
  const error = errors.name ?? errors.key;
  const errorId = `error-${row.row}`;
  const described = error ? { "aria-invalid": true as const, "aria-describedby": errorId } : {};
  return (
    <li className="rounded-2xl border border-line bg-surface p-3">
      <div className="flex flex-wrap items-center gap-2">
        <label className="w-16 shrink-0">
          <span className="sr-only">{`Key of ${name}`}</span>
          <input
            id={`key-${row.row}`}
            value={row.key}
            maxLength={1}
            autoCapitalize="none"
            autoComplete="off"
            onChange={({ target }) => onChange({ key: target.value.toLowerCase() })}
            className={`${inputLook} text-center font-mono`}
            {...(errors.key ? described : {})}
          />
        </label>
        <label className="min-w-0 flex-1 basis-28">
          <span className="sr-only">{`Name of ${name}`}</span>
          <input
            id={`name-${row.row}`}
            dir="auto"
            value={row.name}
            placeholder="Name, such as “Long pause”"
            onChange={({ target }) => onChange({ name: target.value })}
            className={inputLook}
            {...(errors.name ? described : {})}
          />
        </label>
        <span className="flex">
          <IconButton label={`Move ${name} up`} aria-disabled={first} onClick={() => onMove(-1)}>
            <ArrowUp aria-hidden className="size-4" />
          </IconButton>
          <IconButton label={`Move ${name} down`} aria-disabled={last} onClick={() => onMove(1)}>
            <ArrowDown aria-hidden className="size-4" />
          </IconButton>
          <IconButton label={`Remove ${name}`} onClick={onRemove}>
            <Trash2 aria-hidden className="size-4" />
          </IconButton>
        </span>
      </div>
      {error && (
        <p id={errorId} className="mt-1 text-sm text-danger">
          {error}
        </p>
      )}
    </li>
  );
}
