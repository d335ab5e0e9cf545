// The scene: partner and participant, oldest first, following the newest word while the reader is at the bottom.
import { ArrowDown } from "lucide-react";
import { memo, useMemo } from "react";
import type { Schemas } from "../../../api/client";
import type { LiveRow } from "../../../live/conversation-state";
import { inScene, lastSent, retryTarget } from "../../../live/conversation-view";
import { useConversation, useLive } from "../../../live/use-conversation";
import { Bubble } from "../../../ui/Bubble";
import { Button } from "../../../ui/Button";
import { Prose } from "../../../ui/Prose";
import { shortName } from "../names";
import { useStick } from "../use-stick";
import { OutgoingRows } from "./OutgoingRows";
import { type Hot, PartnerRow, YouRow } from "./rows";
import { SceneStart } from "./SceneStart";

type Props = { conversation: Schemas["Conversation"]; observed: boolean; demo: boolean; hot: Hot | null };

export const PartnerThread = memo(function PartnerThread({ conversation, observed, demo, hot }: Props) {
  const name = shortName(conversation.partnerName);
  const newest = useConversation((s) => s.rows.at(-1)?.id ?? 0);
  const sent = useConversation((s) => lastSent(s, false));
  const { area, content, away, unread, toBottom, keepPlace } = useStick(newest, sent);
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
          <Beginning conversation={conversation} observed={observed} demo={demo} onBefore={keepPlace} />
          <ol>
            <SettledRows name={name} hot={hot} />
            <LivePartner name={name} />
            <OutgoingRows aside={false} name={name} />
          </ol>
        </div>
      </section>
      {away && (
        <button
          type="button"
          onClick={toBottom}
          className="rise absolute bottom-3 left-1/2 flex min-h-11 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-raised px-4 text-sm font-medium shadow-raise"
        >
          <ArrowDown aria-hidden className="size-4" /> {unread ? "New below" : "Latest"}
        </button>
      )}
    </div>
  );
});

function SettledRows({ name, hot }: { name: string; hot: Hot | null }) {
  const rows = useConversation((s) => s.rows);
  const again = useConversation(retryTarget);
  const fault = useConversation((s) => s.fault);
  return useMemo(
    () =>
      rows
        .filter(inScene)
        .map((row) =>
          row.role === "user" ? (
            <YouRow key={row.id} row={row} hot={hot?.turn === row.turn ? hot : null} />
          ) : (
            <PartnerRow
              key={row.id}
              row={row}
              name={name}
              again={again === row.id}
              why={fault?.lane === "partner" && fault.turn === row.turn ? fault.error : undefined}
            />
          ),
        ),
    [rows, hot, again, fault, name],
  );
}

const inPartnerLane = (live: LiveRow | null) => (live?.role === "partner" ? live : null);

function LivePartner({ name }: { name: string }) {
  const live = useConversation((s) => inPartnerLane(s.live));
  const waiting = useConversation((s) => s.turnState === "partner" || s.turnState === "accepted");
  if (!live && !waiting) return null;
  return (
    <li className="flex px-4 pb-3">
      <Bubble by="partner" data-live="" aria-label={`${name} is replying`} aria-busy="true">
        <Prose text={live?.content ?? ""} live />
      </Bubble>
    </li>
  );
}

type BeginningProps = Omit<Props, "hot"> & { onBefore: () => void };

function Beginning({ conversation, observed, demo, onBefore }: BeginningProps) {
  const live = useLive();
  const more = useConversation((s) => s.more);
  const begun = useConversation((s) => s.synced || s.rows.length > 0);
  if (!begun) return null;
  if (!more) return <SceneStart conversation={conversation} observed={observed} demo={demo} />;
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
