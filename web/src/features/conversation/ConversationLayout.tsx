// The layout of a conversation: header, the scene with its composer, and the coach in the margin or in a sheet. It is a
// size container: if there is little height (`short:`), everything except the transcript and the message box folds.
import { useQuery } from "@tanstack/react-query";
import { Suspense, useCallback, useMemo, useState } from "react";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { useConversation, useLive } from "../../live/use-conversation";
import { lazyPage } from "../../shell/lazy-page";
import { SkipLink } from "../../shell/SkipLink";
import { ErrorBoundary } from "../../ui/ErrorBoundary";
import { shortName } from "../../ui/short-name";
import { Announcer } from "./Announcer";
import { ConversationHeader } from "./ConversationHeader";
import { CoachMargin, CoachSheet } from "./coach/lazy-coach";
import { useUnread } from "./coach/use-unread";
import { Composer } from "./composer/Composer";
import { type HintId, HintsContext, useHintState, useHints } from "./hints/use-hints";
import { coachMode, type Scene, SceneContext, useScene } from "./scene";
import type { Highlight } from "./thread/MessageRows";
import { PartnerThread } from "./thread/PartnerThread";
import { useStopKey } from "./use-stop-key";
import { useWide } from "./use-wide";

/** The hints over the scene: with the coach beside it, with the notes open, and otherwise. */
const BESIDE: readonly HintId[] = ["partner", "ask"];
const NONE: readonly HintId[] = [];
const OVER: readonly HintId[] = ["partner", "coach", "ask"];

const LostAccess = lazyPage(() => import("./LostAccess"));

export function ConversationLayout({ conversation }: { conversation: Schemas["Conversation"] }) {
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
  const hints = useHintState(me?.id, conversation.aside);
  const ending = useConversation((s) => s.ending);
  useStopKey(useLive());
  const lost = ending && (
    <Suspense>
      <LostAccess ending={ending} invitationId={conversation.invitationId} />
    </Suspense>
  );
  if (ending && ending !== "login" && ending !== "elsewhere") return lost;
  return (
    <SceneContext value={scene}>
      <HintsContext value={hints}>
        <Panes />
        <Announcer />
        {lost}
      </HintsContext>
    </SceneContext>
  );
}

function Panes() {
  const [highlight, setHighlight] = useState<Highlight | null>(null);
  const [sheet, setSheet] = useState(false);
  const { current, close } = useHints();
  const showNotes = useCallback(
    (open = true) => {
      if (open && current === "coach") close("coach");
      setSheet(open);
    },
    [current, close],
  );
  const wide = useWide();
  const unread = useUnread(sheet);
  const withCoach = useScene().coach !== "absent";
  const onPhone = withCoach && !wide;
  const columns = withCoach && wide ? "grid-cols-[minmax(0,1fr)_clamp(18rem,35%,27rem)]" : "grid-cols-[minmax(0,1fr)]";
  return (
    <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)] overflow-y-auto [container:stage/size]">
      <SkipLink to="say" />
      <ErrorBoundary name="The menu">
        <ConversationHeader notes={onPhone ? { open: sheet, unread, onToggle: showNotes } : undefined} />
      </ErrorBoundary>
      <div className={`grid min-h-0 ${columns}`}>
        <main id="main" className="flex min-h-0 min-w-0 flex-col">
          <div className={`flex min-h-[96px] flex-1 flex-col ${sheet && onPhone ? "short:hidden" : ""}`}>
            <ErrorBoundary name="The conversation">
              <PartnerThread highlight={highlight} hints={wide ? BESIDE : sheet ? NONE : OVER} />
            </ErrorBoundary>
          </div>
          {onPhone && (
            <ErrorBoundary name="The coach">
              <Suspense fallback={<div className="h-[57px] border-t border-coach-mark bg-coach-bg short:hidden" />}>
                <CoachSheet open={sheet} unread={unread} onToggle={showNotes} onHighlight={setHighlight} />
              </Suspense>
            </ErrorBoundary>
          )}
          <ErrorBoundary name="The message box">
            <Composer onNotes={onPhone ? showNotes : undefined} />
          </ErrorBoundary>
        </main>
        {withCoach && wide && (
          <ErrorBoundary name="The coach">
            <Suspense fallback={<div className="border-l border-line bg-coach-bg" />}>
              <CoachMargin onHighlight={setHighlight} />
            </Suspense>
          </ErrorBoundary>
        )}
      </div>
    </div>
  );
}
