// `/research/invitations`: invitations by the address's search and status, and the dialog that makes new ones.
import { useQuery } from "@tanstack/react-query";
import { Plus, Printer } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Refused } from "../../shell/Refused";
import { Button, buttonLook } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { Pages } from "../../ui/staff/Pages";
import { Table } from "../../ui/staff/Table";
import { given, oneOf } from "../../ui/staff/url-state";
import { InvitationFilter } from "./InvitationFilter";
import { InvitationRow } from "./InvitationRow";
import { NewInvitationForm } from "./NewInvitationForm";
import { matching, statuses } from "./status";

export default function InvitationsPage() {
  const [query, setQuery] = useSearchParams();
  // Asked again and again while the page is looked at, so that "Live now" is true.
  const wanted = queries.invitations(given({ cursor: query.get("cursor") }));
  const list = useQuery({ ...wanted, refetchInterval: 10_000 });
  const withNew = (open: boolean) => {
    // The dialog says that it closed also when the address closed it.
    if (open === query.has("new")) return;
    const next = new URLSearchParams(query);
    if (open) next.set("new", "");
    else next.delete("new");
    setQuery(next);
  };
  if (list.error) return <Refused problem={problemOf(list.error)} onRetry={() => void list.refetch()} />;
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-5 sm:py-8">
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Invitations" />
        <Button look="act" onClick={() => withNew(true)}>
          <Plus aria-hidden className="size-4" /> New invitation
        </Button>
      </div>
      {list.isPending ? <Skeleton /> : <Invitations items={list.data.items} />}
      <Pages next={list.data?.next} />
      <Dialog open={query.has("new")} onClose={() => withNew(false)} title="New invitation">
        <NewInvitationForm />
      </Dialog>
    </main>
  );
}

function Invitations({ items }: { items: Schemas["Invitation"][] }) {
  const [query] = useSearchParams();
  const status = oneOf(query, "status", statuses);
  const found = matching(items, query.get("search") ?? "", status);
  if (items.length === 0) return <HowToBegin />;
  return (
    <>
      <InvitationFilter status={status}>
        {found.some((i) => i.state === "open") && (
          <Link to={paths.codes(query)} className={buttonLook("tool", "min-h-11")}>
            <Printer aria-hidden className="size-4" /> Print codes
          </Link>
        )}
      </InvitationFilter>
      {found.length === 0 ? (
        <p role="status" className="rounded-2xl border border-line bg-surface p-5 text-muted">
          No invitations match.
        </p>
      ) : (
        <Table
          caption="Invitations, those with a running conversation first"
          columns={["Label", "Status", "Tokens used", "Created", "Expires"]}
        >
          {found.map((i) => (
            <InvitationRow key={i.id} invitation={i} />
          ))}
        </Table>
      )}
    </>
  );
}

const HowToBegin = () => (
  <div className="rounded-2xl border border-line bg-surface p-6">
    <p className="mb-2 font-semibold">Make your first invitation</p>
    <ol className="list-decimal space-y-1 pl-5 text-muted">
      <li>Give it a label and a number of turns.</li>
      <li>Show its code, or send its link.</li>
      <li>The participant agrees and begins. No account needed.</li>
    </ol>
  </div>
);
