// `/research/invitations`: all invitations, the running ones first, and the dialog that makes new ones.
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useSearchParams } from "react-router";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { Refused } from "../../shell/Refused";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { found, InvitationFilter } from "./InvitationFilter";
import { InvitationRow } from "./InvitationRow";
import { NewInvitationForm } from "./NewInvitationForm";

type Invitation = Schemas["Invitation"];

export default function InvitationsPage() {
  const [query, setQuery] = useSearchParams();
  // Asked again and again while the page is looked at, so that "Live now" is true.
  const list = useQuery({ ...queries.invitations(), refetchInterval: 10_000 });
  if (list.error) return <Refused problem={problemOf(list.error)} onRetry={() => void list.refetch()} />;
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 py-6 sm:px-5 sm:py-8">
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Invitations" />
        <Button look="act" onClick={() => setQuery(withNew)}>
          <Plus aria-hidden className="size-4" /> New invitation
        </Button>
      </div>
      {list.isPending ? <Skeleton /> : <Invitations items={list.data.items} query={query} />}
      <Dialog open={query.has("new")} onClose={() => setQuery(withoutNew)} title="New invitation">
        <NewInvitationForm />
      </Dialog>
    </main>
  );
}

function withNew(query: URLSearchParams): URLSearchParams {
  query.set("new", "");
  return query;
}

function withoutNew(query: URLSearchParams): URLSearchParams {
  query.delete("new");
  return query;
}

function Invitations({ items, query }: { items: Invitation[]; query: URLSearchParams }) {
  if (items.length === 0)
    return (
      <div className="rounded-2xl border border-line bg-surface p-6">
        <p className="mb-2 font-semibold">Make your first invitation</p>
        <ol className="list-decimal space-y-1 pl-5 text-muted">
          <li>Give it a label and a number of turns.</li>
          <li>Show its code, or send its link.</li>
          <li>The participant agrees and begins. No account needed.</li>
        </ol>
      </div>
    );
  const shown = found(items, query);
  return (
    <>
      <InvitationFilter />
      <p role="status" className="mb-3 text-muted empty:hidden">
        {shown.length === 0 && "No invitation is like that. Change the words, or the state."}
      </p>
      {shown.length > 0 && <Table items={shown} />}
    </>
  );
}

function Table({ items }: { items: Invitation[] }) {
  return (
    <table className="w-full text-left">
      <caption className="sr-only">Invitations, those with a running conversation first</caption>
      <thead className="text-sm text-muted max-md:hidden">
        <tr className="[&>th]:px-3 [&>th]:pb-2 [&>th]:font-medium">
          <th scope="col">Label</th>
          <th scope="col">State</th>
          <th scope="col">Tokens used</th>
          <th scope="col">Created</th>
          <th scope="col">Expires</th>
        </tr>
      </thead>
      <tbody>
        {items.map((i) => (
          <InvitationRow key={i.id} invitation={i} />
        ))}
      </tbody>
    </table>
  );
}
