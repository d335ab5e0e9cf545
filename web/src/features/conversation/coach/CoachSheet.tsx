// The coach on a phone: a strip that always shows the newest note, and opens to a sheet with all of them.
import { ChevronUp, Lightbulb } from "lucide-react";
import { useState } from "react";
import { newestNote, notesAfter, type Waiting, waitingFor } from "../../../live/conversation-view";
import { useConversation, useLive } from "../../../live/use-conversation";
import { plainText } from "../../../ui/markdown/plain";
import { Caption } from "../captions/Caption";
import { useScene } from "../scene";
import type { Hot } from "../thread/rows";
import { CoachHint } from "./CoachHint";
import { CoachNotes, emptyWords } from "./CoachNotes";
import { afterASecondInView } from "./seen";

type Props = { open: boolean; onToggle: (open: boolean) => void; onHot: (hot: Hot | null) => void };

export function CoachSheet({ open, onToggle, onHot }: Props) {
  const newest = useConversation((s) => (s.synced ? (newestNote(s)?.id ?? 0) : null));
  // Read is what was there when the page came, and what came while the sheet was open.
  const [read, setRead] = useState(newest);
  if (newest !== null && read !== newest && (open || read === null)) setRead(newest);
  const waiting = useConversation(waitingFor);
  const busy = waiting === "coach" || waiting === "aside";
  return (
    <section
      aria-label="Coach"
      className={`flex min-h-0 shrink-0 flex-col border-t border-coach-mark bg-coach-bg ${open ? "h-[55%]" : ""}`}
    >
      {!open && (
        <Caption which="coach" points="down" className="mx-3 mt-2 mb-1" arrow="left-[1.1rem] max-sm:left-2">
          <CoachHint />
        </Caption>
      )}
      <button
        type="button"
        data-region={open ? undefined : ""}
        aria-expanded={open}
        aria-controls="coach-sheet"
        onClick={() => onToggle(!open)}
        className="flex min-h-14 w-full shrink-0 items-center gap-2.5 px-4 py-1.5 text-left text-coach-ink"
      >
        <Lightbulb aria-hidden className={`size-4 shrink-0 ${busy ? "pulse-dot" : ""}`} />
        {open ? (
          <span className="flex-1 font-semibold">Coach notes</span>
        ) : (
          <NewestNote waiting={waiting} read={read} />
        )}
        <ChevronUp aria-hidden className={`size-5 shrink-0 ${open ? "rotate-180" : ""}`} />
        <span className="sr-only">{open ? "Hide the coach's notes" : "Show all of the coach's notes"}</span>
      </button>
      <div id="coach-sheet" className={open ? "min-h-0 flex-1" : "hidden"}>
        {open && <CoachNotes onHot={onHot} />}
      </div>
    </section>
  );
}

function NewestNote({ waiting, read }: { waiting: Waiting; read: number | null }) {
  const live = useLive();
  const { coach } = useScene();
  const note = useConversation(newestNote);
  const unread = useConversation((s) => (read === null ? 0 : notesAfter(s, read)));
  const words = "coach-text line-clamp-2 min-w-0 flex-1 text-[0.9375rem] leading-snug";
  if (waiting === "aside") return <span className={words}>The coach is answering you</span>;
  if (waiting === "coach") return <span className={words}>The coach is writing a note</span>;
  if (!note) return <span className={`${words} text-coach-muted`}>{emptyWords(coach)}</span>;
  return (
    <>
      <span key={note.id} ref={(el) => afterASecondInView(el, () => live.seen(note.id))} className={words}>
        {plainText(note.content)}
      </span>
      {unread > 0 && (
        <span className="flex shrink-0 items-center gap-1.5 text-xs font-medium">
          <span aria-hidden className="size-2 rounded-full bg-coach-mark" />
          {unread} new<span className="sr-only">{unread === 1 ? " note" : " notes"}</span>
        </span>
      )}
    </>
  );
}
