// `/research/invitations`: the list of invitations. The host searches, filters, sorts and counts, as the URL says.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { researchPaths } from "../../research-paths";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { buttonLook } from "../../ui/Button";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { Pagination } from "../../ui/staff/Pagination";
import { Table } from "../../ui/staff/Table";
import { useDebounced } from "../../ui/staff/use-debounced";
import { BatchSummary } from "./BatchSummary";
import { InvitationFilter } from "./InvitationFilter";
import { InvitationRow } from "./InvitationRow";
import { wantedBy } from "./list-query";

export default function InvitationsPage() {
  const [query] = useSearchParams();
  // Ask the host only once the user stops typing.
  const address = useDebounced(query.toString(), 250);
  const list = useQuery({
    ...queries.invitations(wantedBy(new URLSearchParams(address))),
    placeholderData: keepPreviousData,
    // Polled while the page is open, to keep "Live now" up to date.
    refetchInterval: 10_000,
  });
  const failure = loadError(list);
  if (failure) return <LoadErrorPage {...failure} />;
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-5 sm:py-8">
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Invitations" />
        <Link to={researchPaths.newInvitation()} className={buttonLook("act")}>
          <Plus aria-hidden className="size-4" /> New invitation
        </Link>
      </div>
      {list.error && <ProblemNotice problem={problemOf(list.error)} onRetry={() => void list.refetch()} />}
      {list.data ? <Invitations list={list.data} /> : <Skeleton />}
    </main>
  );
}

function Invitations({ list }: { list: Schemas["InvitationPage"] }) {
  if (list.totalInScope === 0) return <FirstSteps />;
  return (
    <>
      <BatchSummary list={list} />
      <InvitationFilter list={list} />
      {list.items.length === 0 ? (
        <p className="rounded-2xl border border-line bg-surface p-5 text-muted">No invitations match.</p>
      ) : (
        <Table caption="Invitations" columns={["Label", "Status", "Tokens used", "Created", "Expires", "Link"]}>
          {list.items.map((i) => (
            <InvitationRow key={i.id} invitation={i} />
          ))}
        </Table>
      )}
      <Pagination next={list.next} first="First page" more="Next page" />
    </>
  );
}

const FirstSteps = () => (
  <div className="rounded-2xl border border-line bg-surface p-6">
    <p className="mb-2 font-semibold">Create your first invitation</p>
    <ol className="list-decimal space-y-1 ps-5 text-muted">
      <li>Enter a label and choose how much the participant can talk.</li>
      <li>Show its QR code, or send its link.</li>
      <li>The participant agrees and starts talking. They don't need an account.</li>
    </ol>
  </div>
);
