// Everything the coach wrote, oldest first: notes on turns, short lines for missing notes, and private answers.
import { useMemo, useState } from "react";
import { activity, lastSent, marginRows, retryTarget } from "../../../live/conversation-view";
import { isDisconnected, type Snapshot } from "../../../live/live-conversation";
import { useConversation } from "../../../live/use-conversation";
import { CoachCard } from "../../../ui/Bubble";
import { Prose } from "../../../ui/Prose";
import { useScene } from "../scene";
import { activityWords } from "../status-text";
import type { Highlight } from "../thread/MessageRows";
import { OutgoingRows } from "../thread/OutgoingRows";
import { useRovingFocus } from "../use-roving-focus";
import { useScrollAnchor } from "../use-scroll-anchor";
import { emptyWords } from "./empty-text";
import { NoteRow } from "./NoteRow";

type Props = { onHighlight: (highlight: Highlight | null) => void };

export default function CoachNotes({ onHighlight }: Props) {
  const { coach } = useScene();
  const rows = useConversation((s) => s.rows);
  const again = useConversation(retryTarget);
  const notes = useMemo(() => marginRows(rows), [rows]);
  const asked = useConversation((s) => lastSent(s, true));
  const speaking = useConversation((s) => (s.live?.role === "coach" ? s.live.id : undefined));
  const newest = notes.at(-1)?.id ?? 0;
  const { area, content, room } = useScrollAnchor({
    ...{ hold: ":scope > ol > li", lead: 0.4, own: false },
    cue: newest || speaking || asked ? `${speaking ?? newest} ${asked}` : undefined,
    newest,
  });
  const [stop, setStop] = useState<number | null>(null);
  const stops = useRovingFocus();
  const first = notes.findLast((n) => n.content !== "" && !n.aside) ?? notes.findLast((n) => n.content !== "");
  const tabStop = notes.some((n) => n.id === stop) ? stop : first?.id;
  const list = useMemo(
    () =>
      notes.map((n) => (
        <NoteRow
          key={n.id}
          row={n}
          again={again === n.id}
          tabbable={n.id === tabStop}
          onHighlight={onHighlight}
          onStop={setStop}
        />
      )),
    [notes, again, tabStop, onHighlight],
  );
  const still = useConversation(isDisconnected);
  const ended = useConversation((s) => s.ended !== null);
  const empty = useConversation(isQuiet) && notes.length === 0;
  return (
    <section
      ref={area}
      tabIndex={0}
      data-region=""
      aria-label="Coach notes"
      className={`scroll-y relative h-full pt-3 ${still ? "still" : ""}`}
    >
      <div ref={content}>
        {empty && <p className="coach-text px-4 pb-4 text-coach-muted">{emptyWords(coach, ended)}</p>}
        <ol {...stops}>
          {list}
          <LiveNote />
          <OutgoingRows aside />
        </ol>
      </div>
      <div ref={room} aria-hidden />
    </section>
  );
}

/** The coach isn't writing, and no question is waiting for it. */
const isQuiet = (s: Snapshot) => s.synced && s.live?.role !== "coach" && !s.outgoing.some((o) => o.aside);

function LiveNote() {
  const { name, conversation } = useScene();
  const live = useConversation((s) => (s.live?.role === "coach" ? s.live : null));
  const busy = useConversation((s) => s.turnState === "coach" || s.turnState === "aside");
  const doing = useConversation(activity);
  if (!live && !busy) return null;
  return (
    <li className="px-4 pb-3">
      <CoachCard data-live="" aria-label="The coach is writing" aria-busy="true">
        <p className="mb-1 text-xs text-coach-muted">{activityWords(doing, name)}</p>
        <div lang={conversation.language} className="coach-text">
          <Prose text={live?.content ?? ""} live />
        </div>
      </CoachCard>
    </li>
  );
}
