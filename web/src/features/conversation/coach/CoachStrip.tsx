// The strip above the message box on a phone. A note streams into it and may fill five lines until the participant
// writes or shrinks it, then two. It says which turn the note is about, and if a note is missing.
import { ChevronUp, Lightbulb, Minus } from "lucide-react";
import { useEffect, useState } from "react";
import type { LiveRow, MessageRow } from "../../../live/conversation-state";
import { activity, missingNote, newestNote, retryTarget } from "../../../live/conversation-view";
import { useConversation } from "../../../live/use-conversation";
import { IconButton } from "../../../ui/Button";
import { plainText } from "../../../ui/markdown/plain";
import { useScene } from "../scene";
import { activityWords, noNoteReason } from "../status-text";
import { TryAgain } from "../thread/MessageRows";
import { emptyWords } from "./empty-text";
import { useSeen } from "./use-seen";

const writing = (live: LiveRow | null) => (live?.role === "coach" ? live : null);

export function CoachStrip({ unread, onOpen }: { unread: number; onOpen: () => void }) {
  const live = useConversation((s) => writing(s.live));
  const settled = useConversation(newestNote);
  const missing = useConversation(missingNote);
  const again = useConversation((s) => missing !== undefined && retryTarget(s) === missing.id);
  const doing = useConversation(activity);
  const note = live ?? settled;
  const busy = doing === "reading" || doing === "writing" || doing === "asked" || doing === "answering";
  const reading = busy && !live;
  const gap = !busy && missing && missing.id > (note?.id ?? 0) ? missing : undefined;
  const synced = useConversation((s) => s.synced);
  const { tall, shrink } = useTall(synced ? (note?.id ?? 0) : null);
  return (
    <div className="relative flex max-h-[30cqh] shrink-0 items-start gap-1 overflow-hidden">
      <button
        type="button"
        data-region=""
        aria-expanded="false"
        aria-controls="coach-sheet"
        onClick={onOpen}
        className="flex min-h-14 min-w-0 flex-1 items-start gap-2.5 self-stretch px-4 py-2 text-left"
      >
        <Lightbulb aria-hidden className={`mt-0.5 size-4 shrink-0 ${busy ? "pulse-dot" : ""}`} />
        {reading || gap || !note ? (
          <StripWords gap={gap} reading={reading} unread={unread} />
        ) : (
          <StripNote key={note.id} note={note} tall={tall} unread={unread} />
        )}
        <ChevronUp aria-hidden className={`size-5 shrink-0 ${gap && again ? "hidden" : ""}`} />
        <span className="sr-only">Show all of the coach's notes</span>
      </button>
      {tall && !reading && !gap && (
        <IconButton label="Shrink the note" className="absolute right-9 -top-2 text-coach-ink" onClick={shrink}>
          <Minus aria-hidden className="size-5" />
        </IconButton>
      )}
      {gap && again && <TryAgain className="my-1.5 mr-3 shrink-0" />}
    </div>
  );
}

/** What the text below is about, and the number of unread notes. */
function Label({ words, unread }: { words: string; unread: number }) {
  if (!words && unread === 0) return null;
  return (
    <span className="flex items-center gap-2.5 text-xs text-coach-muted">
      {words && <span>{words}</span>}
      {unread > 0 && (
        <span className="flex items-center gap-1.5 font-medium text-coach-ink">
          <span
            aria-hidden
            className="size-2 rounded-full bg-coach-mark outline-coach-ink forced-colors:bg-[Highlight]"
          />
          <span>{unread === 1 ? "1 new note" : `${unread} new notes`}</span>
        </span>
      )}
    </span>
  );
}

type WordsProps = { gap: MessageRow | undefined; reading: boolean; unread: number };

function StripWords({ gap, reading, unread }: WordsProps) {
  const { name, coach } = useScene();
  const doing = useConversation(activity);
  const turn = useConversation((s) => s.turn);
  const ended = useConversation((s) => s.ended !== null);
  const reason = gap ? noNoteReason(gap) : "";
  const words = reading
    ? activityWords(doing, name)
    : gap
      ? `No note on this turn${reason && `: ${reason}`}.`
      : emptyWords(coach, ended);
  return (
    <span className="min-w-0 flex-1">
      <Label words={reading || gap ? `Turn ${turn}` : ""} unread={unread} />
      <span className={`coach-text block text-[0.9375rem] leading-snug ${reading ? "" : "text-coach-muted"}`}>
        {words}
      </span>
    </span>
  );
}

function StripNote({ note, tall, unread }: { note: MessageRow; tall: boolean; unread: number }) {
  const { conversation } = useScene();
  const earlier = useConversation((s) => note.turn < s.turn || s.outgoing.some((o) => !o.aside && !o.refusal));
  const ref = useSeen<HTMLSpanElement>(note.id, "shown", note.status !== "streaming");
  const label = note.aside ? "The coach to you" : `Turn ${note.turn}`;
  return (
    <span className={`min-w-0 flex-1 ${earlier ? "text-coach-muted" : ""}`}>
      <Label words={note.status === "streaming" ? `${label}, writing` : label} unread={unread} />
      <span
        ref={ref}
        dir="auto"
        lang={conversation.language}
        data-live={note.status === "streaming" ? "" : undefined}
        className={`coach-text text-[0.9375rem] leading-snug ${tall && !earlier ? "line-clamp-5" : "line-clamp-2"}`}
      >
        {plainText(note.content, note.status === "streaming")}
      </span>
    </span>
  );
}

/** A note that arrives while the page is open is tall until the participant writes or shrinks it. */
function useTall(id: number | null) {
  const [known, setKnown] = useState(id);
  const [tall, setTall] = useState(false);
  if (id !== null && id !== known) {
    setKnown(id);
    setTall(known !== null);
  }
  useEffect(() => {
    const onInput = (event: Event) => {
      if (event.target instanceof HTMLTextAreaElement) setTall(false);
    };
    document.addEventListener("input", onInput);
    return () => document.removeEventListener("input", onInput);
  }, []);
  return { tall, shrink: () => setTall(false) };
}
