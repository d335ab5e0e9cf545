// `/research/invitations`: the list of invitations. The host searches, filters, sorts and counts, as the URL says.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { problemOf, type Schemas } from "../../api/client";
import { staffQueries } from "../../api/staff/queries";
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
import { BulkBar } from "./bulk/BulkBar";
import { SelectPage } from "./bulk/SelectPage";
import { useSelection } from "./bulk/use-selection";
import { FirstSteps } from "./FirstSteps";
import { InvitationFilter } from "./InvitationFilter";
import { InvitationRow } from "./InvitationRow";
import { wantedBy } from "./list-query";

export default function InvitationsPage() {
  const [query] = useSearchParams();
  // Ask the host only once the user stops typing.
  const address = useDebounced(query.toString(), 250);
  const list = useQuery({
    ...staffQueries.invitations(wantedBy(new URLSearchParams(address))),
    placeholderData: keepPreviousData,
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
  const { selection, select, selectPage, clear } = useSelection(list.items);
  if (list.totalInScope === 0) return <FirstSteps />;
  return (
    <>
      <BatchSummary list={list} />
      <InvitationFilter list={list} />
      {list.items.length === 0 ? (
        <p className="rounded-2xl border border-line bg-surface p-5 text-muted">No invitations match.</p>
      ) : (
        <>
          <SelectPage items={list.items} selection={selection} onChange={selectPage} />
          <Table caption="Invitations" columns={["Label", "Status", "Tokens used", "Created", "Expires", "Link"]}>
            {list.items.map((i) => (
              <InvitationRow key={i.id} invitation={i} selected={selection.has(i.id)} onSelect={select} />
            ))}
          </Table>
        </>
      )}
      <Pagination next={list.next} first="First page" more="Next page" />
      <BulkBar selection={selection} onClear={clear} />
    </>
  );
}
