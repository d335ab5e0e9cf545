// The time and the message of the note being written, each with a button that removes it.
import { Clock, MessageSquare, X } from "lucide-react";
import type { ReactNode } from "react";
import { exactly } from "../../../ui/times";
import { unlinked, unstamped } from "./draft";
import { useDraft, useDraftStore } from "./draft-store";
import { focusNoteBox } from "./focus-note-box";
import { toTheSecond } from "./note-times";

export function NoteAbout() {
  const store = useDraftStore();
  const at = useDraft((d) => d.startedAt);
  const link = useDraft((d) => d.link);
  const begun = useDraft((d) => d.startedAt !== undefined);
  return (
    <div className="mb-1.5 flex min-h-8 flex-wrap items-center gap-1.5 text-xs text-muted">
      {!begun && !link && <span>The time and message are recorded when you start typing.</span>}
      {at && (
        <Chip label="Remove the time" onRemove={() => store.set(unstamped(store.getSnapshot()))}>
          <Clock aria-hidden className="size-3.5 shrink-0" />
          <time dateTime={at} title={exactly(at)}>
            {toTheSecond(at)}
          </time>
        </Chip>
      )}
      {link && (
        <Chip label="Remove the link" onRemove={() => store.set(unlinked(store.getSnapshot()))}>
          <MessageSquare aria-hidden className="size-3.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">
            <span className="sr-only">Linked to </span>
            <span className="inline-block first-letter:uppercase">{link.words}</span>
          </span>
        </Chip>
      )}
      {begun && !link && <span>Not linked to a message</span>}
    </div>
  );
}

function Chip({ label, onRemove, children }: { label: string; onRemove: () => void; children: ReactNode }) {
  return (
    <span className="inline-flex min-w-0 max-w-full items-center gap-1 rounded-full border border-line bg-raised ps-2">
      {children}
      <button
        type="button"
        aria-label={label}
        title={label}
        onClick={() => {
          onRemove();
          focusNoteBox();
        }}
        className="grid size-8 shrink-0 place-items-center rounded-full hover:text-ink pointer-coarse:size-10"
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
  );
}
