// `/research/conversations/:id`: one conversation in full width, with its notes. Opening it is a look for the audit log.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import { Link, useParams } from "react-router";
import type { Schemas } from "../../../api/client";
import { queries } from "../../../api/queries";
import { staffQueries } from "../../../api/staff/queries";
import { researchPaths } from "../../../research-paths";
import { LoadErrorPage } from "../../../shell/LoadErrorPage";
import { loadError } from "../../../shell/load-error";
import { PageHeading } from "../../../ui/PageHeading";
import { Skeleton } from "../../../ui/Skeleton";
import { NoteComposer } from "../notes/NoteComposer";
import { NotesPanel } from "../notes/NotesPanel";
import { ObservationContexts } from "./ObservationContexts";
import { useObservation } from "./use-observation";
import { WatchLayout } from "./WatchLayout";
import { WatchPanel } from "./WatchPanel";

export default function WatchPage() {
  const { id = "" } = useParams();
  const conversation = useQuery(queries.conversation(id));
  const failure = loadError(conversation);
  if (failure) return <LoadErrorPage {...failure} />;
  if (!conversation.data)
    return (
      <main className="mx-auto w-full max-w-5xl p-5">
        <Skeleton />
      </main>
    );
  return <Watching key={id} conversation={conversation.data} />;
}

function Watching({ conversation }: { conversation: Schemas["Conversation"] }) {
  const { invitationId } = conversation;
  const observation = useObservation(invitationId, conversation);
  const invitation = useQuery({
    ...staffQueries.invitation(invitationId ?? ""),
    enabled: invitationId !== undefined,
  }).data;
  const back = invitationId && (
    <Link
      to={researchPaths.invitation(invitationId)}
      className="inline-flex min-h-10 min-w-0 items-center gap-1 text-sm text-muted hover:text-ink"
    >
      <ChevronLeft aria-hidden className="size-4 shrink-0" />
      <span dir="auto" className="min-w-0 wrap-anywhere">
        {invitation?.label ?? "Invitation"}
      </span>
    </Link>
  );
  const watch = (
    <WatchPanel
      conversation={conversation}
      present={invitation?.live}
      noteCounts={observation.noteCounts}
      elsewhere={null}
    />
  );
  return (
    <main id="main" data-wide="" className="flex w-full flex-1 flex-col px-3 pt-3 pb-4 sm:px-5">
      <div className="mb-3 flex flex-wrap items-center gap-x-5">
        {back}
        <PageHeading title={`${conversation.partnerName}, ${conversation.title}`} />
      </div>
      {observation.draft && (
        <ObservationContexts of={observation}>
          <WatchLayout
            first="watch"
            watch={watch}
            notes={(shown) =>
              invitationId && <NotesPanel invitationId={invitationId} words={observation.words} shown={shown} />
            }
            composer={invitationId && <NoteComposer invitationId={invitationId} newest={observation.newest} />}
          />
        </ObservationContexts>
      )}
    </main>
  );
}
