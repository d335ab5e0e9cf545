// Everything said in a watched conversation, in order of time. Where there is room, the coach is beside the scene.
import { ArrowDown } from "lucide-react";
import { type FocusEvent, type KeyboardEvent, useEffect, useMemo, useState } from "react";
import { useLocation } from "react-router";
import { isDisconnected } from "../../../live/followed-conversation";
import { useObserved, useWatched } from "../../../live/use-observed";
import { Button } from "../../../ui/Button";
import { atClock, exactly } from "../../../ui/times";
import { useFollow } from "../use-follow";
import { isMessage } from "./message-hash";
import { type TurnGroup, turnGroups } from "./turn-groups";
import { useLinkByClick } from "./use-link-by-click";
import { WatchedMessage } from "./WatchedMessage";
import { useWatchedConversation } from "./watched";

export function Transcript() {
  const { partner } = useWatchedConversation();
  const rows = useWatched((s) => s.rows);
  // Selects the message, not its text: a delta must not render the list.
  const growingId = useWatched((s) => s.live?.id);
  const observed = useObserved();
  const growing = growingId === undefined ? null : observed.getSnapshot().live;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the growing message's identity matters.
  const groups = useMemo(() => turnGroups(rows, growing), [rows, growingId]);
  const newest = growingId ?? rows.at(-1)?.id ?? 0;
  const { area, content, leftAt, toEnd, keepPlace, release } = useFollow(newest, rows[0]?.id ?? 0);
  const still = useWatched(isDisconnected);
  const more = useWatched((s) => s.more);
  const [stop, setStop] = useState<number>();
  const present = stop !== undefined && (stop === growingId || rows.some((row) => row.id === stop));
  const tabStop = present ? stop : newest;
  useLinkByClick(content);
  useJump(rows.length > 0, release);
  const earlier = () => {
    keepPlace();
    void observed.loadEarlier();
  };
  const onFocus = ({ target }: FocusEvent) => {
    const id = Number(target.closest("[data-message]")?.getAttribute("data-message"));
    if (id > 0) setStop(id);
  };
  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={area}
        tabIndex={0}
        data-region=""
        aria-label={`Conversation between the participant and ${partner}`}
        onFocus={onFocus}
        onKeyDown={moveBetweenMessages}
        className={`scroll-y absolute inset-0 px-4 py-3 ${still ? "still" : ""}`}
      >
        <div ref={content} className="@container">
          {more && (
            <p className="mb-3 flex justify-center">
              <Button look="tool" onClick={earlier}>
                Load earlier messages
              </Button>
            </p>
          )}
          <ol>
            {groups.map((group) => (
              <Turn key={`${group.turn}.${group.segments[0]?.slots[0]?.about.id}`} group={group} tabStop={tabStop} />
            ))}
          </ol>
        </div>
      </section>
      {leftAt !== null && <Latest after={leftAt} onPress={toEnd} />}
    </div>
  );
}

function Turn({ group, tabStop }: { group: TurnGroup; tabStop: number | undefined }) {
  const title = group.turn === 0 ? "Opening" : `Turn ${group.turn}`;
  return (
    <li className="@3xl:grid @3xl:grid-flow-dense @3xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] @3xl:gap-x-6">
      <p className="mb-1.5 flex items-baseline gap-2 text-xs text-muted @3xl:col-span-2">
        <span>{title}</span>
        <time dateTime={group.at} title={exactly(group.at)}>
          {atClock(group.at)}
        </time>
      </p>
      {group.segments.map(({ where, slots }) => (
        <ol
          key={`${where}${slots[0]?.about.id}`}
          className={where === "scene" ? "@3xl:col-start-1" : "ps-[22%] @3xl:col-start-2 @3xl:ps-0"}
        >
          {slots.map(({ about, row }) => (
            <WatchedMessage key={about.id} about={about} row={row} tabbable={about.id === tabStop} />
          ))}
        </ol>
      ))}
    </li>
  );
}

function Latest({ after, onPress }: { after: number; onPress: () => void }) {
  const unread = useWatched((s) => s.rows.filter((row) => row.id > after).length + Number((s.live?.id ?? 0) > after));
  return (
    <Button
      onClick={onPress}
      className="rise absolute bottom-3 left-1/2 -translate-x-1/2 text-sm whitespace-nowrap shadow-raise"
    >
      <ArrowDown aria-hidden className="size-4" />
      <span>{unread > 0 ? `Latest, ${unread} new` : "Latest"}</span>
    </Button>
  );
}

/** Shows the message that the URL's fragment names, such as `#m124`. */
function useJump(ready: boolean, release: () => void): void {
  const { hash, key } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: following the same link again jumps again.
  useEffect(() => {
    const message = ready && isMessage(hash) ? document.getElementById(hash.slice(1)) : null;
    if (!message) return;
    release();
    message.scrollIntoView({ block: "center" });
    message.querySelector("article")?.focus({ preventScroll: true });
  }, [hash, key, ready, release]);
}

/** The list is one tab stop; the arrow keys move between its messages. */
function moveBetweenMessages(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement) || !event.target.dataset.stop) return;
  event.preventDefault();
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-stop]")];
  stops[stops.indexOf(event.target) + step]?.focus();
}
