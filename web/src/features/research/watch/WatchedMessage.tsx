// One message of a watched conversation. Memoized, so that a delta doesn't render settled ones again.
import { Lock, StickyNote } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { MessageRow } from "../../../live/conversation-state";
import { useWatched } from "../../../live/use-observed";
import { Bubble, CoachCard } from "../../../ui/Bubble";
import { Prose } from "../../../ui/Prose";
import { linked as linkedTo } from "../notes/draft";
import { useDraft, useDraftStore } from "../notes/draft-store";
import { focusNoteBox } from "../notes/focus-note-box";
import type { About } from "./turn-groups";
import { useWatchedConversation } from "./watched";
import { incompleteText, messageWords, noCommentText, speakerOf } from "./words";

type Props = { about: About /** Absent while it grows. */; row: MessageRow | null; tabbable: boolean };

/** The same element while the message grows and afterward, so that its button keeps the focus. */
export const WatchedMessage = memo(function WatchedMessage({ about, row, tabbable }: Props) {
  const { noteCounts } = useWatchedConversation();
  const linked = useDraft((d) => d.link?.messageId === about.id);
  const fromPartner = about.role === "partner";
  return (
    <li
      id={`m${about.id}`}
      data-message={about.id}
      className={`group flex items-center gap-1 pb-2.5 ${fromPartner ? "" : "flex-row-reverse"} ${linked ? "[&>article]:ring-2 [&>article]:ring-brand [&>article]:ring-offset-2 [&>article]:ring-offset-surface" : ""}`}
    >
      {row ? <Settled row={row} /> : <Growing about={about} />}
      <LinkButton about={about} count={noteCounts.get(about.id) ?? 0} linked={linked} tabbable={tabbable} />
    </li>
  );
});

function Settled({ row }: { row: MessageRow }) {
  const { partner } = useWatchedConversation();
  const below = row.status === "skipped" ? noCommentText(row) : incompleteText(row);
  if (row.content === "") return <p className="py-1 text-sm text-muted">{below}</p>;
  return (
    <Words about={row} name={nameOf(row, partner)}>
      {row.role === "user" ? (
        <p dir="auto" className="whitespace-pre-wrap">
          {row.content}
        </p>
      ) : (
        <Prose text={row.content} />
      )}
      {below && <p className="mt-1 text-xs opacity-80">{below}</p>}
    </Words>
  );
}

/** The only part that renders with each delta. */
function Growing({ about }: { about: About }) {
  const { partner } = useWatchedConversation();
  const content = useWatched((s) => (s.live?.id === about.id ? s.live.content : ""));
  const name = about.role === "partner" ? `${partner} is replying` : "The coach is writing";
  return (
    <Words about={about} name={name} growing>
      <Prose text={content} live />
    </Words>
  );
}

type WordsProps = { about: About; name: string; growing?: boolean; children: ReactNode };

function Words({ about, name, growing = false, children }: WordsProps) {
  const { language } = useWatchedConversation();
  const more = {
    "aria-label": name,
    tabIndex: -1,
    ...(growing ? { "aria-busy": true as const, "data-live": "" } : {}),
  };
  if (about.role === "coach")
    return (
      <CoachCard className="min-w-0 max-w-full" {...more}>
        {about.aside && <Private>The coach, privately</Private>}
        <div lang={language} className="coach-text">
          {children}
        </div>
      </CoachCard>
    );
  if (about.aside)
    return (
      <article className="min-w-0 rounded-lg border border-coach-mark px-3.5 py-2 text-coach-ink" {...more}>
        <Private>Asked the coach privately</Private>
        {children}
      </article>
    );
  return (
    <Bubble by={about.role === "user" ? "you" : "partner"} lang={language} {...more}>
      {children}
    </Bubble>
  );
}

const Private = ({ children }: { children: string }) => (
  <p className="mb-0.5 flex items-center gap-1.5 text-xs text-coach-muted">
    <Lock aria-hidden className="size-3" /> {children}
  </p>
);

const nameOf = (row: About, partner: string) =>
  row.role === "coach" && !row.aside ? `Coach note, turn ${row.turn}` : speakerOf(row, partner);

type LinkProps = { about: About; count: number; linked: boolean; tabbable: boolean };

/** Links the note being written to this message. Always visible if there are notes about it. */
function LinkButton({ about, count, linked: isLinked, tabbable }: LinkProps) {
  const { conversationId, partner } = useWatchedConversation();
  const store = useDraftStore();
  const words = messageWords(about, partner);
  const link = () => store.set(linkedTo(store.getSnapshot(), { conversationId, messageId: about.id, words }));
  const notes = count === 0 ? "" : count === 1 ? ", 1 note" : `, ${count} notes`;
  const shown = count > 0 || isLinked ? "" : "opacity-0 group-hover:opacity-100 focus-visible:opacity-100";
  return (
    <button
      type="button"
      data-stop="link"
      tabIndex={tabbable ? 0 : -1}
      aria-pressed={isLinked}
      aria-label={`Link your note to ${words}${notes}`}
      title="Link your note to this message"
      onClick={({ detail }) => {
        link();
        // By keyboard, the focus stays, to link another message.
        if (detail > 0) focusNoteBox();
      }}
      className={`inline-flex min-h-10 min-w-10 shrink-0 items-center justify-center gap-0.5 rounded-full text-xs text-muted hover:text-ink aria-pressed:text-brand ${shown}`}
    >
      <StickyNote aria-hidden className="size-4" />
      {count > 0 && <span aria-hidden>{count}</span>}
    </button>
  );
}
