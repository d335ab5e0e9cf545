// The conversations of an invitation: which there are, and the one being watched. Words are shown only after “Watch”,
// because each look is in the audit log.
import { Eye, Maximize2 } from "lucide-react";
import { type ReactNode, useId } from "react";
import { Link, useSearchParams } from "react-router";
import { problemOf, type Schemas } from "../../../api/client";
import { researchPaths } from "../../../research-paths";
import { buttonLook } from "../../../ui/Button";
import { ProblemNotice } from "../../../ui/ProblemNotice";
import { Skeleton } from "../../../ui/Skeleton";
import { Tabs } from "../../../ui/staff/Tabs";
import { when } from "../../../ui/times";
import { ConversationList } from "./ConversationList";
import type { Observation } from "./use-observation";
import { WatchPanel } from "./WatchPanel";

type Conversation = Schemas["Conversation"];

type Props = {
  invitation: Schemas["Invitation"];
  conversations: { data: Schemas["ConversationPage"] | undefined; error: unknown; refetch: () => unknown };
  watched: Conversation | undefined;
  observation: Observation;
  /** Shown as long as nobody has opened the invitation. */
  code: ReactNode;
};

export function WatchArea({ invitation, conversations, watched, observation, code }: Props) {
  const [query, setQuery] = useSearchParams();
  const panel = useId();
  const { data, error } = conversations;
  if (error && !data)
    return (
      <div className="p-4">
        <ProblemNotice problem={problemOf(error)} onRetry={() => void conversations.refetch()} />
      </div>
    );
  if (!data)
    return (
      <div className="p-4">
        <Skeleton rows={2} />
      </div>
    );
  if (data.items.length === 0)
    return invitation.claimedBy ? (
      <Empty title="No conversation yet">
        The participant has accepted the invitation. Their conversations appear here as soon as one starts.
      </Empty>
    ) : (
      code
    );
  if (!watched) return <ConversationList conversations={data.items} />;
  const watch = (id: string) => {
    const next = new URLSearchParams(query);
    next.set("watch", id);
    setQuery(next, { replace: true });
  };
  return (
    <>
      {data.items.length > 1 && (
        <Tabs
          label="Conversations"
          className="border-b border-line px-3"
          tabs={data.items.map((c) => ({ id: c.id, name: <TabName conversation={c} /> }))}
          value={watched.id}
          onChange={watch}
          panel={panel}
          // Each look is in the audit log.
          manual
        />
      )}
      <div id={panel} role="tabpanel" aria-label="Watched conversation" className="flex min-h-0 flex-1 flex-col">
        <WatchPanel
          key={watched.id}
          conversation={watched}
          present={invitation.live}
          noteCounts={observation.noteCounts}
          elsewhere={
            <Link
              to={researchPaths.conversation(watched.id)}
              className={buttonLook("quiet", "min-h-10 !px-2 text-sm max-lg:hidden")}
            >
              <Maximize2 aria-hidden className="size-4" />
              {watched.state === "open" ? "Full width" : "Review"}
            </Link>
          }
        />
      </div>
    </>
  );
}

function TabName({ conversation: c }: { conversation: Conversation }) {
  return (
    <>
      {c.state === "open" && <span aria-hidden className="size-2 shrink-0 rounded-full bg-live" />}
      <span className="min-w-0 wrap-anywhere">
        {`${c.partnerName || "Deleted"}, ${when(c.createdAt)}`}
        <span className="sr-only">{c.state === "open" ? ", in progress" : ", ended"}</span>
      </span>
    </>
  );
}

export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-2 p-6 text-center">
      <Eye aria-hidden className="size-6 text-muted" />
      <p className="font-semibold">{title}</p>
      <p className="max-w-[26rem] text-muted">{children}</p>
    </div>
  );
}
