// Deletes a note after a confirmation that repeats it.
import { useMutation } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { refreshNotes, staffCalls } from "../../../api/staff/queries";
import type { Note } from "../../../api/staff/types";
import { announce } from "../../../ui/announce";
import { IconButton } from "../../../ui/Button";
import { ConfirmDialog } from "../../../ui/staff/ConfirmDialog";

export function DeleteNote({ note }: { note: Note }) {
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => staffCalls.deleteNote(note.id),
    onSuccess: async () => {
      setAsking(false);
      await refreshNotes(note.invitationId);
      announce("Note deleted.");
      document.querySelector<HTMLElement>("section[aria-label=Notes]")?.focus({ preventScroll: true });
    },
  });
  return (
    <>
      <IconButton label="Delete note" className="!size-10 pointer-coarse:!size-11" onClick={() => setAsking(true)}>
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title="Delete this note?"
        confirmLabel="Delete note"
        look="danger"
        mutation={remove}
        onConfirm={() => remove.mutate()}
      >
        <blockquote dir="auto" className="border-s-2 border-line ps-3 whitespace-pre-wrap wrap-anywhere">
          {note.body || note.tags.map((t) => t.name).join(", ")}
        </blockquote>
        <p>Your colleagues won't see it anymore. Its history stays on record.</p>
      </ConfirmDialog>
    </>
  );
}
