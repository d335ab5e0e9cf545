// `/admin/users/:id`: one user's sign-ins, role and latest actions.
import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import { Link, useParams } from "react-router";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Card, FactList } from "../../ui/Card";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { Time } from "../../ui/staff/Time";
import { AccountActions } from "./AccountActions";
import { AuditTable } from "./AuditTable";
import { Identities } from "./Identities";
import { RoleSelect } from "./RoleSelect";
import { Disabled } from "./UserRow";
import { displayNameOf, rolePermissions, type User } from "./users";

export function UserPage({ me }: { me: Schemas["Me"] }) {
  const { id = "" } = useParams();
  const { data: user, error, refetch } = useQuery(queries.user(id));
  if (error && !user) {
    const unknown = [400, 404].includes(problemOf(error).status);
    return (
      <>
        <PageHeading title={unknown ? "This account doesn't exist" : "This account couldn't be loaded"} />
        {!unknown && <ProblemNotice problem={problemOf(error)} onRetry={() => void refetch()} />}
        <Back />
      </>
    );
  }
  if (!user) return <Skeleton />;
  return (
    <>
      <Back />
      <div className="mb-5 flex flex-wrap items-center gap-x-3 gap-y-1">
        <PageHeading title={displayNameOf(user)} />
        {user.id === me.id && <span className="text-muted">you</span>}
        {user.disabled && <Disabled />}
      </div>
      <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-2">
        <Card title="Account">
          <Facts user={user} />
          <h3 className="mt-5 mb-2 font-semibold">How they sign in</h3>
          <Identities user={user} />
        </Card>
        <Card title="Role and sign-in">
          <RoleSelect user={user} me={me} />
          <p className="mt-2 text-muted first-letter:uppercase">{rolePermissions[user.role]}</p>
          <AccountActions user={user} me={me} />
        </Card>
      </div>
      <LatestActions user={user} />
    </>
  );
}

const Back = () => (
  <Link
    to={paths.users()}
    className="no-print mb-2 inline-flex min-h-10 items-center gap-1 text-sm text-muted hover:text-ink"
  >
    <ChevronLeft aria-hidden className="size-4" /> All people
  </Link>
);

function Facts({ user }: { user: User }) {
  return (
    <FactList
      facts={[
        ["Name", user.name ?? "Unknown"],
        ["Email", user.email ?? "Unknown"],
        ["Last signed in", user.signedInAt ? <Time key="signed-in" iso={user.signedInAt} /> : "Never"],
        ["Created", <Time key="created" iso={user.createdAt} />],
        [
          "ID",
          <span key="id" className="font-mono text-xs break-all select-all">
            {user.id}
          </span>,
        ],
      ]}
    />
  );
}

function LatestActions({ user }: { user: User }) {
  const { data, error, refetch } = useQuery(queries.audit({ actor: user.id, limit: 5 }));
  return (
    <section aria-labelledby="latest-actions" className="mt-8">
      <h2 id="latest-actions" className="mb-3 text-xl font-semibold">
        Latest actions
      </h2>
      {error && <ProblemNotice problem={problemOf(error)} onRetry={() => void refetch()} />}
      {data?.items.length === 0 && <p className="text-muted">The audit log has no entries for this account.</p>}
      {data && data.items.length > 0 && <AuditTable entries={data.items} ofOne />}
      {data?.next && (
        <Link to={paths.audit(user.id)} className="mt-3 inline-flex min-h-10 items-center text-brand underline">
          Show all actions
        </Link>
      )}
    </section>
  );
}
