// `/research`: what is going on now, without participants' words: those begin with “Watch”, because each look is audited.
import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { Link } from "react-router";
import { queries } from "../../../api/queries";
import { staffQueries } from "../../../api/staff/queries";
import type { Desk } from "../../../api/staff/types";
import { researchPaths } from "../../../research-paths";
import { LoadErrorPage } from "../../../shell/LoadErrorPage";
import { loadError } from "../../../shell/load-error";
import { buttonLook } from "../../../ui/Button";
import { PageHeading } from "../../../ui/PageHeading";
import { Skeleton } from "../../../ui/Skeleton";
import { FirstSteps } from "../FirstSteps";
import { StaleNotice } from "../StaleNotice";
import { EndedList } from "./EndedList";
import { LiveList } from "./LiveList";
import { UnreadNotes } from "./UnreadNotes";
import { WaitingList } from "./WaitingList";

export default function DeskPage() {
  const desk = useQuery(staffQueries.desk());
  const quiet = desk.data !== undefined && isEmpty(desk.data);
  // An empty desk is either a new one or one whose invitations are all old.
  const any = useQuery({ ...queries.invitations({ limit: 1 }), enabled: quiet });
  const failure = loadError(desk);
  if (failure) return <LoadErrorPage {...failure} />;
  return (
    <main id="main" className="mx-auto w-full max-w-6xl px-4 py-6 sm:px-5 sm:py-8">
      <div className="mb-5 flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Desk" />
        <Link to={researchPaths.newInvitation()} className={buttonLook("act")}>
          <Plus aria-hidden className="size-4" /> New invitation
        </Link>
      </div>
      <StaleNotice error={desk.error} onRetry={() => void desk.refetch()} />
      {!desk.data && !desk.error && <Skeleton />}
      {desk.data &&
        (quiet && any.data?.totalInScope === 0 ? (
          <FirstSteps />
        ) : (
          <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
            <div className="min-w-0 space-y-5">
              <LiveList entries={desk.data.live} />
              <EndedList entries={desk.data.ended} />
            </div>
            <div className="min-w-0 space-y-5">
              <UnreadNotes notes={desk.data.unread} total={desk.data.unreadTotal} />
              <WaitingList entries={desk.data.waiting} total={desk.data.waitingTotal} />
            </div>
          </div>
        ))}
    </main>
  );
}

const isEmpty = ({ live, waiting, ended, unread }: Desk) =>
  live.length + waiting.length + ended.length + unread.length === 0;
