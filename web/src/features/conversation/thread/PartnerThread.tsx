// The scene: partner and participant, oldest first, following the newest word while the reader is at the bottom.
import { memo, useMemo, useState } from "react";
import type { LiveRow } from "../../../live/conversation-state";
import { inScene, lastSent, retryTarget } from "../../../live/conversation-view";
import { useConversation, useLive } from "../../../live/use-conversation";
import { Bubble } from "../../../ui/Bubble";
import { Button } from "../../../ui/Button";
import { Prose } from "../../../ui/Prose";
import { useScene } from "../scene";
import { useStick } from "../use-stick";
import { useStops } from "../use-stops";
import { Latest } from "./Latest";
import { OutgoingRows } from "./OutgoingRows";
import { type Hot, PartnerRow, YouRow } from "./rows";
import { SceneStart } from "./SceneStart";

export const PartnerThread = memo(function PartnerThread({ hot }: { hot: Hot | null }) {
  const { name } = useScene();
  const newest = useConversation((s) => s.rows.at(-1)?.id ?? 0);
  const sent = useConversation((s) => lastSent(s, false));
  const { area, content, leftAt, toBottom, keepPlace } = useStick(newest, sent);
  const stops = useStops();
  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={area}
        tabIndex={0}
        data-region=""
        aria-label={`Conversation with ${name}`}
        className="scroll-y h-full pt-5"
      >
        <div ref={content} className="mx-auto flex min-h-full max-w-[54rem] flex-col justify-end">
          <Beginning onBefore={keepPlace} />
          <ol {...stops}>
            <SettledRows name={name} hot={hot} />
            <LivePartner name={name} />
            <OutgoingRows aside={false} />
          </ol>
        </div>
      </section>
      {leftAt !== null && <Latest after={leftAt} onPress={toBottom} />}
    </div>
  );
});

function SettledRows({ name, hot }: { name: string; hot: Hot | null }) {
  const rows = useConversation((s) => s.rows);
  const again = useConversation(retryTarget);
  const fault = useConversation((s) => s.fault);
  const [stop, setStop] = useState<number | null>(null);
  return useMemo(() => {
    const scene = rows.filter(inScene);
    const tabStop = scene.some((row) => row.id === stop) ? stop : scene.findLast((row) => row.content !== "")?.id;
    return scene.map((row) =>
      row.role === "user" ? (
        <YouRow
          key={row.id}
          row={row}
          hot={hot?.turn === row.turn ? hot : null}
          tabbable={row.id === tabStop}
          onStop={setStop}
        />
      ) : (
        <PartnerRow
          key={row.id}
          row={row}
          name={name}
          again={again === row.id}
          why={fault?.lane === "partner" && fault.turn === row.turn ? fault.error : undefined}
          tabbable={row.id === tabStop}
          onStop={setStop}
        />
      ),
    );
  }, [rows, hot, again, fault, name, stop]);
}

const inPartnerLane = (live: LiveRow | null) => (live?.role === "partner" ? live : null);

function LivePartner({ name }: { name: string }) {
  const live = useConversation((s) => inPartnerLane(s.live));
  const waiting = useConversation((s) => s.turnState === "partner" || s.turnState === "accepted");
  if (!live && !waiting) return null;
  return (
    <li className="flex px-4 pb-3 md:px-6">
      <Bubble by="partner" data-live="" aria-label={`${name} is replying`} aria-busy="true">
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
    <Button className="mx-auto mb-5" onClick={load}>
      Load earlier messages
    </Button>
  );
}
