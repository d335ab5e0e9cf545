// `/research/invitations/:id`: one invitation. Its code and settings, its conversations to watch, and notes on them.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import { Link, useParams, useSearchParams } from "react-router";
import type { Schemas } from "../../api/client";
import { staffQueries } from "../../api/staff/queries";
import { paths } from "../../paths";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { CodeOrWhyNot } from "./CodeOrWhyNot";
import { InvitationFacts } from "./InvitationFacts";
import { NoteComposer } from "./notes/NoteComposer";
import { NotesPanel } from "./notes/NotesPanel";
import { usePresentation } from "./Presentation";
import { StaleNotice } from "./StaleNotice";
import { StatusBadge } from "./StatusBadge";
import { TokenUsage } from "./TokenUsage";
import { useRoomy } from "./use-roomy";
import { ObservationContexts } from "./watch/ObservationContexts";
import { useObservation } from "./watch/use-observation";
import { WaitingForParticipant } from "./watch/WaitingForParticipant";
import { WatchArea } from "./watch/WatchArea";
import { WatchLayout } from "./watch/WatchLayout";

export default function InvitationPage() {
  const { id = "" } = useParams();
  const invitation = useQuery(staffQueries.invitation(id));
  const failure = loadError(invitation);
  if (failure) return <LoadErrorPage {...failure} />;
  if (invitation.data) return <Detail key={id} invitation={invitation.data} error={invitation.error} />;
  return (
    <main className="mx-auto w-full max-w-5xl p-5">
      <Skeleton />
    </main>
  );
}

type Props = { invitation: Schemas["Invitation"] /** Why the data may be out of date. */; error: unknown };

function Detail({ invitation: i, error }: Props) {
  const [query] = useSearchParams();
  const conversations = useQuery(staffQueries.invitationConversations(i.id));
  const watched = conversations.data?.items.find((c) => c.id === query.get("watch"));
  const observation = useObservation(i.id, watched);
  const roomy = useRoomy();
  const waiting = !i.claimedBy;
  // As long as nobody has opened the invitation, its code is in the middle, if there is one.
  const inMiddle = roomy && waiting && conversations.data?.items.length === 0;
  const { present, dialog } = usePresentation(i);
  const code = <CodeOrWhyNot invitation={i} onPresent={present} />;
  const watch = (
    <WatchArea
      invitation={i}
      conversations={conversations}
      watched={watched}
      observation={observation}
      code={<WaitingForParticipant invitation={i}>{inMiddle && code}</WaitingForParticipant>}
    />
  );
  return (
    <main id="main" data-wide="" className="mx-auto flex w-full max-w-[110rem] flex-1 flex-col px-3 py-3 sm:px-5">
      <div className="no-print mb-3 flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <Link
          to={paths.invitations()}
          aria-label="All invitations"
          className="inline-flex min-h-10 items-center gap-1 text-sm text-muted hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-4" /> <span className="max-sm:sr-only">All invitations</span>
        </Link>
        <PageHeading title={i.label}>
          <span dir="auto" className="wrap-anywhere">
            {i.label}
          </span>
        </PageHeading>
        <StatusBadge status={i.status} {...turnOf(conversations.data)} />
        {roomy && (
          <span className="ms-auto">
            <TokenUsage invitation={i} />
          </span>
        )}
      </div>
      <StaleNotice error={error} />
      <ObservationContexts of={observation}>
        <WatchLayout
          first={waiting && !watched ? "code" : "watch"}
          code={
            <>
              {inMiddle ? null : code}
              {!roomy && <TokenUsage invitation={i} />}
              <InvitationFacts invitation={i} conversations={conversations.data?.items} />
            </>
          }
          watch={watch}
          notes={(shown) => <NotesPanel invitationId={i.id} words={observation.words} shown={shown} />}
          composer={observation.draft && <NoteComposer invitationId={i.id} newest={observation.newest} />}
        />
      </ObservationContexts>
      {dialog}
    </main>
  );
}

/** Returns the turn of the conversation that goes on. */
function turnOf(list: Schemas["ConversationPage"] | undefined): { turn?: number } {
  const turn = list?.items.find((c) => c.state === "open")?.turn.turn;
  return turn === undefined ? {} : { turn };
}
