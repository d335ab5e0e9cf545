// What runs, what can be started, how many turns are left.
import { useQuery } from "@tanstack/react-query";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { onDay } from "../../ui/times";
import { ChooseAccount } from "./ChooseAccount";
import { ConversationRow } from "./ConversationRow";
import { ScenarioCard } from "./ScenarioCard";

type Me = Schemas["Me"];

export function SignedIn({ me }: { me: Me }) {
  const conversations = useQuery(queries.conversations());
  const scenarios = useQuery(queries.scenarios());
  const running = conversations.data?.items.filter((c) => c.state === "open") ?? [];
  const ended = conversations.data?.items.filter((c) => c.state === "ended") ?? [];
  return (
    <main id="main" className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-5 sm:py-10">
      <PageHeading title="Your conversations" className="text-[2rem] leading-[1.1] font-bold" />
      {me.pendingLink && <ChooseAccount pending={me.pendingLink} />}
      <Allowance me={me} />
      {/* All at once: what came first would be pushed down by what comes next, under somebody's thumb. */}
      {conversations.isPending || scenarios.isPending ? (
        <div className="mt-8">
          <Skeleton />
        </div>
      ) : (
        <>
          {running.length > 0 && <ConversationList title="Go on" items={running} />}
          <Scenarios me={me} />
          {conversations.error && <ProblemNotice problem={problemOf(conversations.error)} />}
          {ended.length > 0 && <ConversationList title="Ended" items={ended} />}
        </>
      )}
    </main>
  );
}

/** The invitation that a new conversation is taken from. */
const usable = (me: Me) => me.invitations.find((i) => i.turnsLeft !== 0) ?? me.invitations[0];

function Allowance({ me }: { me: Me }) {
  const invitation = usable(me);
  const left = invitation?.turnsLeft;
  const until = invitation?.expiresAt ? `, until ${onDay(invitation.expiresAt)}` : "";
  return (
    <div className="mt-2 space-y-1 text-muted">
      {left !== undefined && (
        <p>
          {left === 0
            ? "Your invitation's turns are used up."
            : `About ${left} ${left === 1 ? "turn" : "turns"} left${until}.`}
        </p>
      )}
      {me.demoModel && <p>Demo model: no AI provider is connected, the voices say prepared things.</p>}
    </div>
  );
}

function ConversationList({ title, items }: { title: string; items: Schemas["Conversation"][] }) {
  const id = `list-${title.replace(/\W/g, "")}`;
  return (
    <section aria-labelledby={id} className="mt-8">
      <h2 id={id} className="mb-3 text-xl font-semibold">
        {title}
      </h2>
      <ul className="space-y-2">
        {items.map((c) => (
          <ConversationRow key={c.id} conversation={c} />
        ))}
      </ul>
    </section>
  );
}

function Scenarios({ me }: { me: Me }) {
  const scenarios = useQuery(queries.scenarios());
  const items = scenarios.data?.items ?? [];
  return (
    <section aria-labelledby="scenarios" className="mt-8">
      <h2 id="scenarios" className="mb-3 text-xl font-semibold">
        Start a conversation
      </h2>
      {scenarios.error && (
        <ProblemNotice problem={problemOf(scenarios.error)} onRetry={() => void scenarios.refetch()} />
      )}
      {scenarios.data && items.length === 0 && (
        <p className="rounded-2xl border border-line bg-surface p-5 text-muted">
          Nobody has opened a conversation for you yet. Ask the person who invited you.
        </p>
      )}
      <ul className="grid grid-cols-1 gap-3 min-[45rem]:grid-cols-2">
        {items.map((s) => (
          <ScenarioCard key={s.slug} scenario={s} invitationId={usable(me)?.id} />
        ))}
      </ul>
    </section>
  );
}
