// Everything the coach wrote, oldest first: notes on turns, quiet lines where there is none, and private answers.
import { useMemo, useState } from "react";
import { lastSent, marginRows, retryTarget } from "../../../live/conversation-view";
import { useConversation } from "../../../live/use-conversation";
import { CoachCard } from "../../../ui/Bubble";
import { Prose } from "../../../ui/Prose";
import { type CoachMode, useScene } from "../scene";
import { OutgoingRows } from "../thread/OutgoingRows";
import type { Hot } from "../thread/rows";
import { useStick } from "../use-stick";
import { useStops } from "../use-stops";
import { NoteRow } from "./NoteRow";

/** What stands where no note is yet. */
export const emptyWords = (mode: CoachMode) =>
  mode === "asked"
    ? "The coach says nothing by itself here. You can ask it."
    : "After every turn the coach writes you a note.";

type Props = { onHot: (hot: Hot | null) => void };

export function CoachNotes({ onHot }: Props) {
  const { coach } = useScene();
  const rows = useConversation((s) => s.rows);
  const again = useConversation(retryTarget);
  const notes = useMemo(() => marginRows(rows), [rows]);
  const asked = useConversation((s) => lastSent(s, true));
  const { area, content } = useStick(notes.at(-1)?.id ?? 0, asked);
  const [stop, setStop] = useState<number | null>(null);
  const stops = useStops();
  const first = notes.findLast((n) => n.content !== "" && !n.aside) ?? notes.findLast((n) => n.content !== "");
  const tabStop = notes.some((n) => n.id === stop) ? stop : first?.id;
  const list = useMemo(
    () =>
      notes.map((n) => (
        <NoteRow key={n.id} row={n} again={again === n.id} tabbable={n.id === tabStop} onHot={onHot} onStop={setStop} />
      )),
    [notes, again, tabStop, onHot],
  );
  const empty = useConversation((s) => s.synced && s.live === null && s.outgoing.length === 0) && notes.length === 0;
  return (
    <section ref={area} tabIndex={0} data-region="" aria-label="Coach notes" className="scroll-y h-full pt-3">
      <div ref={content}>
        {empty && <p className="coach-text px-4 pb-4 text-coach-muted">{emptyWords(coach)}</p>}
        <ol {...stops}>
          {list}
          <LiveNote />
          <OutgoingRows aside />
        </ol>
      </div>
    </section>
  );
}

function LiveNote() {
  const live = useConversation((s) => (s.live?.role === "coach" ? s.live : null));
  const reading = useConversation((s) => s.turnState === "coach" || s.turnState === "aside");
  if (!live && !reading) return null;
  const aside = live?.aside ?? false;
  return (
    <li className="px-4 pb-3">
      <CoachCard data-live="" aria-label="The coach is writing" aria-busy="true">
        <p className="mb-1 text-xs text-coach-muted">
          {!live ? "Reading along" : aside ? "Answering you" : "Writing a note"}
        </p>
        <div className="coach-text">
          <Prose text={live?.content ?? ""} live />
        </div>
      </CoachCard>
    </li>
  );
}
