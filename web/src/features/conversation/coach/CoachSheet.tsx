// The coach on a phone: a strip that always shows the newest note, and opens to a sheet with all of them.
import { ChevronUp, Lightbulb } from "lucide-react";
import { useState } from "react";
import { newestNote, waitingFor } from "../../../live/conversation-view";
import { useConversation, useLive } from "../../../live/use-conversation";
import { plainText } from "../../../ui/prose-parse";
import type { Hot } from "../thread/rows";
import { CoachNotes, emptyWords } from "./CoachNotes";
import { afterASecondInView } from "./seen";

type Props = {
  name: string;
  quiet: boolean;
  open: boolean;
  onToggle: (open: boolean) => void;
  onHot: (hot: Hot | null) => void;
};

export function CoachSheet({ name, quiet, open, onToggle, onHot }: Props) {
  const waiting = useConversation(waitingFor);
  const busy = waiting === "coach" || waiting === "aside";
  return (
    <section
      aria-label="Coach"
      className={`flex min-h-0 shrink-0 flex-col border-t border-coach-mark bg-coach-bg ${open ? "h-[55%]" : ""}`}
    >
      <button
        type="button"
        aria-expanded={open}
        aria-controls="coach-sheet"
        onClick={() => onToggle(!open)}
        className="flex min-h-14 w-full shrink-0 items-center gap-2.5 px-4 py-1.5 text-left text-coach-ink"
      >
        <Lightbulb aria-hidden className={`size-4 shrink-0 ${busy ? "pulse-dot" : ""}`} />
        {open ? (
          <span className="flex-1 font-semibold">Coach notes</span>
        ) : (
          <NewestNote busy={busy} aside={waiting === "aside"} quiet={quiet} />
        )}
        <ChevronUp aria-hidden className={`size-5 shrink-0 ${open ? "rotate-180" : ""}`} />
        <span className="sr-only">{open ? "Hide the coach's notes" : "Show all of the coach's notes"}</span>
      </button>
      <div id="coach-sheet" className={open ? "min-h-0 flex-1" : "hidden"}>
        {open && <CoachNotes name={name} quiet={quiet} onHot={onHot} />}
      </div>
    </section>
  );
}

function NewestNote({ busy, aside, quiet }: { busy: boolean; aside: boolean; quiet: boolean }) {
  const live = useLive();
  const note = useConversation(newestNote);
  const [read] = useState(note?.id ?? 0);
  const words = "coach-text line-clamp-2 min-w-0 flex-1 text-[0.9375rem] leading-snug";
  if (busy)
    return <span className={words}>{aside ? "The coach is answering you" : "The coach is writing a note"}</span>;
  if (!note) return <span className={`${words} text-coach-muted`}>{emptyWords(quiet)}</span>;
  return (
    <>
      <span key={note.id} ref={(el) => afterASecondInView(el, () => live.seen(note.id))} className={words}>
        {plainText(note.content)}
      </span>
      {note.id > read && (
        <span className="flex shrink-0 items-center gap-1.5 text-xs font-medium">
          <span aria-hidden className="size-2 rounded-full bg-coach-mark" />
          New
        </span>
      )}
    </>
  );
}
