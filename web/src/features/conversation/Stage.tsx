// The layout of a conversation: header, the scene with its composer, and the coach in the margin or in a sheet.

import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { useConversation, useLive } from "../../live/use-conversation";
import { SkipLink } from "../../shell/SkipLink";
import { Region } from "../../ui/Region";
import { Announcer } from "./Announcer";
import { ConversationHeader } from "./ConversationHeader";
import { CoachMargin } from "./coach/CoachMargin";
import { CoachSheet } from "./coach/CoachSheet";
import { Composer } from "./composer/Composer";
import { LostAccess } from "./LostAccess";
import { shortName } from "./names";
import { PartnerThread } from "./thread/PartnerThread";
import type { Hot } from "./thread/rows";
import { useKeys } from "./use-keys";
import { useWide } from "./use-wide";

export function Stage({ conversation }: { conversation: Schemas["Conversation"] }) {
  const name = shortName(conversation.partnerName);
  const demo = useQuery(queries.me()).data?.demoModel ?? false;
  // A scenario without a coach still has one to ask.
  const quiet = !conversation.coachWhen.startsWith("after");
  const observed = conversation.invitationId !== undefined;
  const ending = useConversation((s) => s.ending);
  const [hot, setHot] = useState<Hot | null>(null);
  const [sheet, setSheet] = useState(false);
  const openSheet = useCallback(() => setSheet(true), []);
  const wide = useWide();
  useKeys(useLive());
  if (ending && ending !== "login") return <LostAccess ending={ending} />;
  return (
    <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)]">
      <SkipLink to="say" />
      <ConversationHeader conversation={conversation} observed={observed} />
      <div className="grid min-h-0 grid-cols-[minmax(0,1fr)] lg:grid-cols-[minmax(0,1fr)_minmax(22rem,27rem)]">
        <main id="main" className="flex min-h-0 min-w-0 flex-col">
          <Region name="The conversation">
            <PartnerThread conversation={conversation} observed={observed} demo={demo} hot={hot} />
          </Region>
          {!wide && (
            <Region name="The coach">
              <CoachSheet name={name} quiet={quiet} open={sheet} onToggle={setSheet} onHot={setHot} />
            </Region>
          )}
          <Composer name={name} observed={observed} demo={demo} onAside={openSheet} />
        </main>
        {wide && (
          <Region name="The coach">
            <CoachMargin name={name} quiet={quiet} onHot={setHot} />
          </Region>
        )}
      </div>
      <Announcer name={name} />
      {ending === "login" && <LostAccess ending="login" />}
    </div>
  );
}
