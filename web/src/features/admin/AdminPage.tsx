// What frames every page of the administration: who may see it, and the way to its neighbours.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { can } from "../../api/can";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Forbidden } from "../../shell/Forbidden";
import { Refused } from "../../shell/Refused";
import { Skeleton } from "../../ui/Skeleton";

type Props = { children: (me: Schemas["Me"]) => ReactNode };

export function AdminPage({ children }: Props) {
  const me = useQuery(queries.me());
  if (me.error) return <Refused problem={problemOf(me.error)} onRetry={() => void me.refetch()} />;
  if (me.data && !can.administer(me.data)) return <Forbidden />;
  return (
    <main id="main" className="mx-auto w-full max-w-5xl px-4 py-4 sm:px-5">
      <nav aria-label="Administration" className="no-print mb-6 flex flex-wrap gap-x-1 border-b border-line">
        {places.map(([name, to]) => (
          <NavLink
            key={to}
            to={to}
            className="-mb-px inline-flex min-h-11 items-center border-b-2 border-transparent px-2.5 font-medium text-muted hover:text-ink aria-[current=page]:border-brand aria-[current=page]:text-brand"
          >
            {name}
          </NavLink>
        ))}
      </nav>
      {me.data ? children(me.data) : <Skeleton />}
    </main>
  );
}

const places: [string, string][] = [
  ["People", paths.users()],
  ["Quota presets", paths.presets()],
  ["Audit log", paths.audit()],
];
