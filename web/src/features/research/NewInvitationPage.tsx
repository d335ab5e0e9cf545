// `/research/invitations/new`: the settings of new invitations, next to a preview of what participants will read.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import { Link } from "react-router";
import { can } from "../../api/permissions";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Forbidden } from "../../shell/Forbidden";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { PageHeading } from "../../ui/PageHeading";
import { Skeleton } from "../../ui/Skeleton";
import { NewInvitationForm } from "./NewInvitationForm";

export default function NewInvitationPage() {
  const me = useQuery(queries.me());
  const scenarios = useQuery(queries.scenarios());
  const failure = loadError(me, scenarios);
  if (failure) return <LoadErrorPage {...failure} />;
  if (me.data && !can.invite(me.data)) return <Forbidden />;
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 pt-6 sm:px-5">
      <Link
        to={paths.invitations()}
        className="mb-2 inline-flex min-h-10 items-center gap-1 text-sm text-muted hover:text-ink"
      >
        <ChevronLeft aria-hidden className="size-4" /> All invitations
      </Link>
      <PageHeading title="New invitation" className="mb-5 text-[1.375rem] leading-tight font-semibold" />
      {scenarios.data ? <NewInvitationForm scenarios={scenarios.data.items} /> : <Skeleton />}
    </main>
  );
}
