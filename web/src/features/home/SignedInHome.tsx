// The user's conversations, the scenarios they can start, and their remaining turns.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { problemOf, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Contact } from "../../ui/Contact";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { onDay } from "../../ui/times";
import { turnsLeft } from "../../ui/turns";
import { ChooseAccount } from "./ChooseAccount";
import { ConversationRow } from "./ConversationRow";
import { ScenarioCard } from "./ScenarioCard";
import { usableInvitation } from "./usable-invitation";

type Me = Schemas["Me"];

export function SignedInHome({ me }: { me: Me }) {
  const running = useQuery(queries.conversations({ state: "open" }));
  const ended = useQuery(queries.conversations({ state: "ended" }));
  const scenarios = useQuery(queries.scenarios());
  const failed = running.error ?? ended.error;
  // Guests can use nothing but their invitation.
  const over = me.guest && !usableInvitation(me);
  return (
    <main id="main" className="mx-auto w-full max-w-3xl px-4 py-6 sm:px-5 sm:py-10">
      <PageHeading title="Your conversations" className="text-[2rem] leading-[1.1] font-bold" />
      {me.pendingLink && <ChooseAccount pending={me.pendingLink} />}
      <RemainingTurns me={me} />
      {/* All at once: a list that arrives late would push the others down, under the participant's thumb. */}
      {running.isPending || ended.isPending || scenarios.isPending ? (
        <div className="mt-8">
          <Skeleton />
        </div>
      ) : (
        <>
          {failed && (
            <ProblemNotice
              problem={problemOf(failed)}
              onRetry={() => void queryClient.invalidateQueries(queries.conversations())}
            />
          )}
          <ConversationList title={over ? "Unfinished" : "Continue"} items={running.data?.items ?? []} />
          <ConversationList title="Ended" items={ended.data?.items ?? []} first={3} />
          {!over && <Scenarios me={me} />}
        </>
      )}
    </main>
  );
}

function RemainingTurns({ me }: { me: Me }) {
  const invitation = usableInvitation(me) ?? me.invitations[0];
  const over = invitation && overWords(invitation);
  const until = invitation?.expiresAt && `Your invitation is valid until ${onDay(invitation.expiresAt)}`;
  // If a conversation's own cap is the lower limit, the number says nothing about the invitation.
  const left = invitation?.limit === "quota" ? turnsLeft(invitation.turnsLeft) : undefined;
  return (
    <div className="mt-2 space-y-1 text-muted">
      {(over ? [over] : [left, until]).map((line) => line && <p key={line}>{`${line}.`}</p>)}
      {over && invitation.contact && (
        <p className="wrap-anywhere">
          <span>Questions? Contact </span>
          <Contact of={invitation.contact} />
        </p>
      )}
      {me.demoModel && <p>Demo model: replies are canned. No AI provider is connected.</p>}
    </div>
  );
}

/** Returns why an invitation can't be used anymore; undefined if it can. */
function overWords({ state, turnsLeft }: Me["invitations"][number]): string | undefined {
  if (state === "revoked") return "Your invitation was revoked. You can still read your conversations";
  if (state === "expired") return "Your invitation has expired. You can still read your conversations";
  return turnsLeft === 0 ? "Your invitation has no turns left" : undefined;
}

type ListProps = {
  title: string;
  items: Schemas["Conversation"][];
  /** How many to show until the participant selects "Show all". */
  first?: number;
};

function ConversationList({ title, items, first = Number.POSITIVE_INFINITY }: ListProps) {
  const [all, showAll] = useState(false);
  const shown = all ? items : items.slice(0, first);
  const id = `list-${title}`;
  if (items.length === 0) return null;
  return (
    <section aria-labelledby={id} className="mt-8">
      <h2 id={id} className="mb-3 text-xl font-semibold">
        {title}
      </h2>
      <ul className="space-y-2">
        {shown.map((c) => (
          <ConversationRow key={c.id} conversation={c} />
        ))}
      </ul>
      {shown.length < items.length && (
        <Button className="mt-3" onClick={() => showAll(true)}>
          {`Show all ${items.length}`}
        </Button>
      )}
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
          No conversations have been set up for you yet. Please ask the person who invited you.
        </p>
      )}
      <ul className="grid grid-cols-1 gap-3 min-[45rem]:grid-cols-2">
        {items.map((s) => (
          <ScenarioCard key={s.slug} scenario={s} invitationId={usableInvitation(me, s.slug)?.id} />
        ))}
      </ul>
    </section>
  );
}
