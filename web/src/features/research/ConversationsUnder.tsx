// The conversations of an invitation: which scenario, how far, and how they ended.
import { useQuery } from "@tanstack/react-query";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { Card } from "../../ui/Card";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { Time } from "../../ui/staff/Time";

type Conversation = Schemas["Conversation"];

export function ConversationsUnder({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({ ...queries.conversationsUnder(id), refetchInterval: 5_000 });
  return (
    <Card title="Conversations">
      {error && <ProblemNotice problem={problemOf(error)} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={1} />}
      {data?.items.length === 0 && (
        <p className="text-muted">None yet. Conversations appear here as soon as one starts.</p>
      )}
      <ul className="divide-y divide-line">
        {data?.items.map((c) => (
          <li key={c.id} className="py-3 first:pt-0 last:pb-0">
            <p className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="font-medium">{c.title}</span>
              <span className={`text-sm ${c.state === "open" ? "text-ok" : "text-muted"}`}>{how(c)}</span>
            </p>
            <p className="text-sm text-muted">
              With {c.partnerName}, {turns(c.turn.turn)}, begun <Time iso={c.createdAt} />
              {c.endedAt && (
                <>
                  , ended <Time iso={c.endedAt} />
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const turns = (count: number) => (count === 0 ? "no turn yet" : `${count} ${count === 1 ? "turn" : "turns"}`);

const ends: Record<string, string> = {
  participant: "Ended by the participant",
  staff: "Ended by a researcher",
  goal_reached: "Ended: the aim was reached",
  max_turns: "Ended: all its turns were taken",
  max_time: "Ended: its time was over",
  erased: "Its words were deleted",
};

const how = (c: Conversation) => (c.state === "open" ? "Running" : (ends[c.endReason ?? ""] ?? "Ended"));
