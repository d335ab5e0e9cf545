// The earlier texts of an edited note.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { problemOf } from "../../../api/client";
import { staffQueries } from "../../../api/staff/queries";
import type { Note } from "../../../api/staff/types";
import { Dialog } from "../../../ui/Dialog";
import { ProblemNotice } from "../../../ui/ProblemNotice";
import { Skeleton } from "../../../ui/Skeleton";
import { exactly } from "../../../ui/times";

export function NoteHistory({ note }: { note: Note }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        className="-my-2 min-h-8 underline underline-offset-2 hover:text-ink pointer-coarse:min-h-11"
      >
        edited
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Edit history">
        <Versions note={note} />
      </Dialog>
    </>
  );
}

function Versions({ note }: { note: Note }) {
  const { data, error, refetch } = useQuery(staffQueries.noteHistory(note.id));
  if (error) return <ProblemNotice problem={problemOf(error)} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={2} />;
  return (
    <ol className="space-y-3">
      {data.items.toReversed().map(({ version, body, tags, at }, i) => (
        <li key={version} className="border-t border-line pt-3 first:border-0 first:pt-0">
          <p className="mb-0.5 text-sm text-muted">
            {`${i === 0 ? "Now" : version === 1 ? "First version" : `Version ${version}`}, ${exactly(at)}`}
          </p>
          <p dir="auto" className="whitespace-pre-wrap wrap-anywhere">
            {body}
          </p>
          {tags.length > 0 && <p className="text-sm text-muted">{`Tags: ${tags.map((t) => t.name).join(", ")}`}</p>}
        </li>
      ))}
    </ol>
  );
}
