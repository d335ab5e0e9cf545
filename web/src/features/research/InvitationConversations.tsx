// The conversations of an invitation: scenario, number of turns, and how they ended.
import { useQuery } from "@tanstack/react-query";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { Card } from "../../ui/Card";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { turnCount } from "../../ui/turns";
import { ends, fromTo } from "./conversation-text";

type Conversation = Schemas["Conversation"];

export function InvitationConversations({ id }: { id: string }) {
  const { data, error, refetch } = useQuery({ ...queries.invitationConversations(id), refetchInterval: 5_000 });
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
            <ConversationItem conversation={c} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function ConversationItem({ conversation: c }: { conversation: Conversation }) {
  const facts = [c.partnerName && `With ${c.partnerName}`, turnCount(c.turn.turn), fromTo(c)];
  return (
    <>
      <p className="flex flex-wrap items-baseline justify-between gap-x-4">
        <span className="font-medium" dir="auto">
          {c.title}
        </span>
        <span className={`text-sm ${c.state === "open" ? "text-ok" : "text-muted"}`}>{ends(c)}</span>
      </p>
      <p className="text-sm text-muted" dir="auto">
        {facts.filter(Boolean).join(", ")}
      </p>
    </>
  );
}
