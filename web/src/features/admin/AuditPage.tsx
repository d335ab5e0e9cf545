// `/admin/audit`: the audit log, newest first, or only the actions of the user in the URL.
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { problemOf } from "../../api/client";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { buttonLook } from "../../ui/Button";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { Pagination } from "../../ui/staff/Pagination";
import { withoutEmpty } from "../../ui/staff/url-state";
import { ActorFilter } from "./ActorFilter";
import { AuditTable } from "./AuditTable";

const PAGE = 50;

export function AuditPage() {
  const [query] = useSearchParams();
  const actorId = query.get("person");
  const cursor = Number(query.get("cursor")) || undefined;
  const log = useQuery(queries.audit(withoutEmpty({ actor: actorId, cursor, limit: PAGE })));
  return (
    <>
      <PageHeading title="Audit log" />
      <p className="mt-1 mb-4 max-w-[36rem] text-muted">
        Who did what, when and from where. Entries can't be changed and never contain participants' words.
      </p>
      <ActorFilter actorId={actorId ?? undefined} />
      {actorId && (
        <p className="mb-5 flex flex-wrap gap-3">
          <Link to={paths.user(actorId)} className={buttonLook("tool")}>
            Go to this account
          </Link>
          <Link to={paths.audit()} className={buttonLook("tool")}>
            Show everyone
          </Link>
        </p>
      )}
      {log.isPending && <Skeleton />}
      {log.error && <ProblemNotice problem={problemOf(log.error)} onRetry={() => void log.refetch()} />}
      {log.data?.items.length === 0 && (
        <p className="rounded-2xl border border-line bg-surface p-5 text-muted">
          {actorId ? "This account has no entries." : "The log is empty."}
        </p>
      )}
      {log.data && log.data.items.length > 0 && <AuditTable entries={log.data.items} />}
      <Pagination next={log.data?.next} />
    </>
  );
}
