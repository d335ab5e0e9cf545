// `/invite/:token`: where participants arrive, usually on a phone by QR code. Opening the page changes nothing; only the
// button claims the invitation.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { problemOf } from "../../api/client";
import { queries } from "../../api/queries";
import { SkipLink } from "../../shell/SkipLink";
import { FullPage } from "../../ui/FullPage";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { ClosedInvitation, closedStates } from "./ClosedInvitation";
import { OpenInvitation } from "./OpenInvitation";

export default function InvitePage() {
  const { token = "" } = useParams();
  const landing = useQuery({ ...queries.landing(token), staleTime: Number.POSITIVE_INFINITY });
  if (landing.isPending)
    return (
      <main className="mx-auto max-w-[31.5rem] px-5 py-10">
        <Skeleton rows={4} />
      </main>
    );
  if (landing.data) {
    const { state, inviter, contact } = landing.data;
    const closed = closedStates.find((one) => one === state);
    if (closed) return <ClosedInvitation state={closed} inviter={inviter} contact={contact} />;
    return (
      <>
        <SkipLink />
        <OpenInvitation token={token} landing={landing.data} />
      </>
    );
  }
  const problem = problemOf(landing.error);
  if (problem.status === 404) return <ClosedInvitation state="unknown" />;
  return (
    <FullPage title="The invitation can't be opened right now">
      <p>Your invitation hasn't been used. Please try again in a moment.</p>
      <ProblemNotice problem={problem} onRetry={() => void landing.refetch()} />
    </FullPage>
  );
}
