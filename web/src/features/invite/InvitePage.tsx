// `/invite/:token`: the front door, usually a phone by QR code. Looking changes nothing; only the button claims.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { problemOf } from "../../api/client";
import { queries } from "../../api/queries";
import { SkipLink } from "../../shell/SkipLink";
import { FullPage } from "../../ui/FullPage";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { ClosedInvitation } from "./ClosedInvitation";
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
    const { state } = landing.data;
    const closed = state === "claimed" || state === "expired" || state === "revoked";
    if (closed) return <ClosedInvitation state={state} inviter={landing.data.inviter} contact={landing.data.contact} />;
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
    <FullPage title="The invitation cannot be opened right now">
      <p>Your invitation is not used up. Try again in a moment.</p>
      <ProblemNotice problem={problem} onRetry={() => void landing.refetch()} />
    </FullPage>
  );
}
