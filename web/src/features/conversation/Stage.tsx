// The layout of a conversation: header, the scene with its composer, and the coach in the margin or in a sheet.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { useConversation, useLive } from "../../live/use-conversation";
import { SkipLink } from "../../shell/SkipLink";
import { Region } from "../../ui/Region";
import { Announcer } from "./Announcer";
import { ConversationHeader } from "./ConversationHeader";
import { Caption } from "./captions/Caption";
import { CaptionsContext, useCaptions } from "./captions/captions";
import { CoachMargin } from "./coach/CoachMargin";
import { CoachSheet } from "./coach/CoachSheet";
import { Composer } from "./composer/Composer";
import { LostAccess } from "./LostAccess";
import { shortName } from "./names";
import { coachMode, type Scene, SceneContext, useScene } from "./scene";
import { PartnerThread } from "./thread/PartnerThread";
import type { Hot } from "./thread/rows";
import { useStopKey } from "./use-stop-key";
import { useWide } from "./use-wide";

export function Stage({ conversation }: { conversation: Schemas["Conversation"] }) {
  const me = useQuery(queries.me()).data;
  const demo = me?.demoModel ?? false;
  const scene = useMemo(
    (): Scene => ({
      conversation,
      name: shortName(conversation.partnerName),
      observed: conversation.invitationId !== undefined,
      demo,
      coach: coachMode(conversation),
      aside: conversation.aside,
    }),
    [conversation, demo],
  );
  const begun = useConversation((s) => s.turn > 0 || s.outgoing.length > 0 || s.ended !== null);
  const captions = useCaptions(me?.id, begun);
  const ending = useConversation((s) => s.ending);
  useStopKey(useLive());
  if (ending && ending !== "login") return <LostAccess ending={ending} />;
  return (
    <SceneContext value={scene}>
      <CaptionsContext value={captions}>
        <Panes />
        <Announcer />
        {ending === "login" && <LostAccess ending="login" />}
      </CaptionsContext>
    </SceneContext>
  );
}

function Panes() {
  const [hot, setHot] = useState<Hot | null>(null);
  const [sheet, setSheet] = useState(false);
  const showNotes = useCallback(() => setSheet(true), []);
  const wide = useWide();
  const withCoach = useScene().coach !== "absent";
  const columns = withCoach ? "lg:grid-cols-[minmax(0,1fr)_minmax(22rem,27rem)]" : "";
  return (
    <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)]">
      <SkipLink to="say" />
      <Region name="The menu">
        <ConversationHeader />
      </Region>
      <div className={`grid min-h-0 grid-cols-[minmax(0,1fr)] ${columns}`}>
        <main id="main" className="flex min-h-0 min-w-0 flex-col">
          <PartnerCaption />
          <Region name="The conversation">
            <PartnerThread hot={hot} />
          </Region>
          {withCoach && !wide && (
            <Region name="The coach">
              <CoachSheet open={sheet} onToggle={setSheet} onHot={setHot} />
            </Region>
          )}
          <Region name="The message box">
            <Composer onNotes={withCoach && !wide ? showNotes : undefined} />
          </Region>
        </main>
        {withCoach && wide && (
          <Region name="The coach">
            <CoachMargin onHot={setHot} />
          </Region>
        )}
      </div>
    </div>
  );
}

function PartnerCaption() {
  const { name } = useScene();
  return (
    <Caption which="partner" points="up" className="mx-3 mt-2.5 md:mx-4" arrow="left-14 max-[22rem]:left-10 md:left-16">
      An AI plays {name}. Talk as you would to the real person.
    </Caption>
  );
}
