// Notes from colleagues that this researcher hasn't read yet.
import { useMutation } from "@tanstack/react-query";
import { Link } from "react-router";
import { problemOf } from "../../../api/client";
import { queryClient } from "../../../api/queries";
import { staffCalls, staffQueries } from "../../../api/staff/queries";
import type { Note } from "../../../api/staff/types";
import { researchPaths } from "../../../research-paths";
import { announce } from "../../../ui/announce";
import { Button } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { ProblemNotice } from "../../../ui/ProblemNotice";
import { Time } from "../../../ui/staff/Time";
import { personName } from "../people";

const SHOWN = 5;

export function UnreadNotes({ notes, total }: { notes: readonly Note[]; total: number }) {
  const read = useMutation({
    mutationFn: staffCalls.readAllNotes,
    onSuccess: async () => {
      await queryClient.invalidateQueries(staffQueries.desk());
      announce("All notes marked as read.");
    },
  });
  const newest = notes[0];
  return (
    <Card title={total > 0 ? `Unread notes from colleagues (${total})` : "Unread notes from colleagues"}>
      {notes.length === 0 && <p className="text-muted">You've read everything your colleagues wrote.</p>}
      <ul className="divide-y divide-line">
        {notes.slice(0, SHOWN).map((note) => (
          <li key={note.id} className="py-2.5 first:pt-0">
            <p className="text-sm text-muted">
              <span className="font-semibold text-ink" dir="auto">
                {personName(note.author)}
              </span>{" "}
              <Time iso={note.startedAt} />
            </p>
            <Link
              to={researchPaths.invitation(note.invitationId)}
              dir="auto"
              className="line-clamp-3 whitespace-pre-line wrap-anywhere"
            >
              {note.body || note.tags.map((t) => t.name).join(", ") || "Deleted text"}
            </Link>
          </li>
        ))}
      </ul>
      {read.error && <ProblemNotice problem={problemOf(read.error)} />}
      {newest && (
        <Button look="tool" className="mt-2" onClick={() => read.isPending || read.mutate(newest.id)}>
          Mark all as read
        </Button>
      )}
    </Card>
  );
}
