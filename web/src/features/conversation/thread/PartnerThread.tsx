// The scene: partner and participant, oldest first. The last sent message is at the top and its answer grows below.
import { memo, useMemo, useState } from "react";
import type { LiveRow } from "../../../live/conversation-state";
import { inScene, lastSent, retryTarget } from "../../../live/conversation-view";
import { isDisconnected } from "../../../live/live-conversation";
import { useConversation, useLive } from "../../../live/use-conversation";
import { Bubble } from "../../../ui/Bubble";
import { Button } from "../../../ui/Button";
import { Prose } from "../../../ui/Prose";
import { Hint } from "../hints/Hint";
import { type HintId, useHints } from "../hints/use-hints";
import { useScene } from "../scene";
import { useRovingFocus } from "../use-roving-focus";
import { useScrollAnchor } from "../use-scroll-anchor";
import { LatestButton } from "./LatestButton";
import { type Highlight, PartnerRow, YouRow } from "./MessageRows";
import { OutgoingRows } from "./OutgoingRows";
import { SceneStart } from "./SceneStart";

/** The height of a hint including its margins, in pixels. */
const HINT = 88;
const NONE: readonly HintId[] = [];

type Props = { highlight: Highlight | null /** The hints that overlay it. */; hints?: readonly HintId[] };

export const PartnerThread = memo(function PartnerThread({ highlight, hints = NONE }: Props) {
  const { name } = useScene();
  const newest = useConversation((s) => s.rows.at(-1)?.id ?? 0);
  const cue = useConversation((s) => lastSent(s, false));
  const still = useConversation(isDisconnected);
  const { current: hint } = useHints();
  const { area, content, room, leftAt, toEnd, keepPlace } = useScrollAnchor({
    ...{ hold: "[data-mine]", lead: 0, own: true },
    cue,
    newest,
    cover: hint && hints.includes(hint) ? HINT : 0,
  });
  const stops = useRovingFocus();
  return (
    // The transcript is positioned absolutely, so that its height can't push the composer away.
    <div className="relative min-h-[96px] min-w-0 flex-1">
      <section
        ref={area}
        tabIndex={0}
        data-region=""
        aria-label={`Conversation with ${name}`}
        className={`scroll-y absolute inset-0 pt-5 short:pt-2 ${still ? "still" : ""}`}
      >
        <div ref={content} className="mx-auto max-w-[54rem]">
          <Beginning onBefore={keepPlace} />
          <ol {...stops}>
            <SettledRows name={name} highlight={highlight} />
            <LivePartner name={name} />
            <OutgoingRows aside={false} />
          </ol>
        </div>
        <div ref={room} aria-hidden />
      </section>
      {leftAt !== null ? (
        <LatestButton after={leftAt} onPress={toEnd} />
      ) : (
        <Hint among={hints} className="absolute bottom-3 left-3 mr-3 md:left-6" />
      )}
    </div>
  );
});

function SettledRows({ name, highlight }: { name: string; highlight: Highlight | null }) {
  const rows = useConversation((s) => s.rows);
  const again = useConversation(retryTarget);
  const fault = useConversation((s) => s.fault);
  const ended = useConversation((s) => s.ended !== null);
  const [stop, setStop] = useState<number | null>(null);
  return useMemo(() => {
    const scene = rows.filter(inScene);
    const last = scene.at(-1);
    const tabStop = scene.some((row) => row.id === stop) ? stop : scene.findLast((row) => row.content !== "")?.id;
    return scene.map((row) =>
      row.role === "user" ? (
        <YouRow
          key={row.id}
          row={row}
          highlight={highlight?.turn === row.turn ? highlight : null}
          tabbable={row.id === tabStop}
          onStop={setStop}
        />
      ) : (
        <PartnerRow
          key={row.id}
          row={row}
          name={name}
          again={again === row.id}
          why={fault?.lane === "partner" && fault.turn === row.turn ? fault.code : undefined}
          end={ended && row === last}
          tabbable={row.id === tabStop}
          onStop={setStop}
        />
      ),
    );
  }, [rows, highlight, again, fault, ended, name, stop]);
}

const inPartnerLane = (live: LiveRow | null) => (live?.role === "partner" ? live : null);

function LivePartner({ name }: { name: string }) {
  const { language } = useScene().conversation;
  const live = useConversation((s) => inPartnerLane(s.live));
  const waiting = useConversation((s) => s.turnState === "partner" || s.turnState === "accepted");
  if (!live && !waiting) return null;
  return (
    <li className="flex px-4 pb-3 md:px-6">
      <Bubble by="partner" lang={language} data-live="" aria-label={`${name} is replying`} aria-busy="true">
        <Prose text={live?.content ?? ""} live />
      </Bubble>
    </li>
  );
}

function Beginning({ onBefore }: { onBefore: () => void }) {
  const live = useLive();
  const more = useConversation((s) => s.more);
  const begun = useConversation((s) => s.synced || s.rows.length > 0);
  if (!begun) return null;
  if (!more) return <SceneStart />;
  const load = () => {
    onBefore();
    void live.loadEarlier();
  };
  return (
    <p className="mb-5 flex justify-center">
      <Button onClick={load}>Load earlier messages</Button>
    </p>
  );
}
