// `/research/invitations/:id`: code, link, settings and status of one invitation.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useParams } from "react-router";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { Card, FactList } from "../../ui/Card";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { exactly } from "../../ui/times";
import { EditInvitation } from "./EditInvitation";
import { EraseParticipant } from "./EraseParticipant";
import { FreshLink } from "./FreshLink";
import { InvitationCode } from "./InvitationCode";
import { InvitationConversations } from "./InvitationConversations";
import { titleOf } from "./InvitationQr";
import { RevokeInvitation } from "./RevokeInvitation";
import { StatusBadge } from "./StatusBadge";
import { TokenUsage } from "./TokenUsage";

export default function InvitationPage() {
  const { id = "" } = useParams();
  // Polled while the page is open, so that a claim appears by itself.
  const invitation = useQuery({ ...queries.invitation(id), refetchInterval: 5_000 });
  const failure = loadError(invitation);
  if (failure) return <LoadErrorPage {...failure} />;
  if (invitation.data) return <Detail invitation={invitation.data} error={invitation.error} />;
  return (
    <main className="mx-auto w-full max-w-5xl p-5">
      <Skeleton />
    </main>
  );
}

type Props = { invitation: Schemas["Invitation"] /** Why the data may be out of date. */; error: unknown };

function Detail({ invitation: i, error }: Props) {
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-5">
      <Link
        to={paths.invitations()}
        className="no-print mb-2 inline-flex min-h-10 items-center gap-1 text-sm text-muted hover:text-ink"
      >
        <ChevronLeft aria-hidden className="size-4" /> All invitations
      </Link>
      <div className="mb-5 flex flex-wrap items-center gap-x-4 gap-y-2">
        <PageHeading title={i.label} className="text-[1.375rem] leading-tight font-semibold wrap-anywhere" />
        <StatusBadge status={i.status} />
        <span className="sm:ml-auto">
          <TokenUsage invitation={i} />
        </span>
      </div>
      {error !== null && <ProblemNotice problem={problemOf(error)} />}
      <div className="grid grid-cols-1 gap-6 md:grid-cols-[19rem_minmax(0,1fr)]">
        <CodeOrWhyNot invitation={i} />
        <div className="min-w-0 space-y-4">
          <Facts invitation={i} />
          <InvitationConversations id={i.id} />
        </div>
      </div>
    </main>
  );
}

function CodeOrWhyNot({ invitation: i }: { invitation: Schemas["Invitation"] }) {
  const erased = useErased(i.id);
  if (i.state === "revoked") return <NoCode>This invitation was revoked. Its link and code no longer work.</NoCode>;
  if (i.state === "expired")
    return <NoCode>This invitation has expired. Extend it to make its link and code work again.</NoCode>;
  if (erased)
    return (
      <NoCode>
        What this participant wrote was deleted, so the link and code no longer work. To invite someone, create a new
        invitation.
      </NoCode>
    );
  if (i.url) return <InvitationCode invitation={i} url={i.url} />;
  return (
    <NoCode>
      This link can't be shown anymore because the server's key has changed since the invitation was created. Create a
      fresh link to get a new one.
    </NoCode>
  );
}

/** Deletion covers all of a participant's conversations, so one deleted conversation means that the link is dead. */
function useErased(id: string): boolean {
  return useQuery(queries.invitationConversations(id)).data?.items.some((c) => c.erasedAt) ?? false;
}

const NoCode = ({ children }: { children: ReactNode }) => (
  <p className="self-start rounded-2xl border border-line bg-surface p-5 text-muted">{children}</p>
);

function Facts({ invitation: i }: { invitation: Schemas["Invitation"] }) {
  const erased = useErased(i.id);
  const scenario = useQuery(queries.scenarios()).data?.items.find((s) => s.slug === i.scenario);
  return (
    <Card title="About this invitation">
      <FactList
        facts={[
          ["Claimed", i.claimedAt ? exactly(i.claimedAt) : "Not yet"],
          ["Title for participants", <Text key="title">{titleOf(i)}</Text>],
          ["Scenario", <Text key="scenario">{scenario?.title ?? i.scenario ?? "The participant chooses"}</Text>],
          ["Custom scenarios", i.allowCustomScenario ? "Allowed" : "Not allowed"],
          ["Coach", i.coach ? "Notes after every turn" : i.aside ? "Answers only when asked" : "None"],
          ["Private questions", i.aside ? "Allowed" : "Not allowed"],
          ["Contact", <Text key="contact">{i.contact ?? "None"}</Text>],
          ["Consent version", <Consent key="consent" invitation={i} />],
          ["Expires", i.expiresAt ? exactly(i.expiresAt) : "Never"],
          ["Created", exactly(i.createdAt)],
        ]}
      />
      <div className="no-print mt-5 flex flex-wrap gap-2">
        <EditInvitation invitation={i} />
        {!erased && <FreshLink invitation={i} />}
        <RevokeInvitation invitation={i} />
        <EraseParticipant invitation={i} />
      </div>
    </Card>
  );
}

const Text = ({ children }: { children: string }) => <span dir="auto">{children}</span>;

/** Links to the page that the invitation opens: researchers see it as a preview with the consent text. */
function Consent({ invitation: i }: { invitation: Schemas["Invitation"] }) {
  const version = <span className="font-mono text-sm">{i.consentVersion}</span>;
  if (!i.url) return version;
  const { pathname } = new URL(i.url);
  return (
    <>
      {version}{" "}
      <Link to={pathname} className="underline">
        Read it
      </Link>
    </>
  );
}
