// `/admin/…`: the administrators' pages and their navigation, in one chunk that other roles don't load.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Navigate, NavLink, Route, Routes } from "react-router";
import { can } from "../../api/permissions";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { Forbidden } from "../../shell/Forbidden";
import { LoadErrorPage } from "../../shell/LoadErrorPage";
import { loadError } from "../../shell/load-error";
import { NotFound } from "../../shell/NotFound";
import { Skeleton } from "../../ui/Skeleton";
import { AuditPage } from "./AuditPage";
import { PresetsPage } from "./PresetsPage";
import { UserPage } from "./UserPage";
import { UsersPage } from "./UsersPage";

export default function Administration() {
  const me = useQuery(queries.me());
  const failure = loadError(me);
  if (failure) return <LoadErrorPage {...failure} />;
  if (me.data && !can.administer(me.data)) return <Forbidden />;
  return (
    <Routes>
      <Route index element={<Navigate to={paths.users()} replace />} />
      <Route path="users" element={<Framed page={me.data && <UsersPage me={me.data} />} />} />
      <Route path="users/:id" element={<Framed page={me.data && <UserPage me={me.data} />} />} />
      <Route path="presets" element={<Framed page={me.data && <PresetsPage />} />} />
      <Route path="audit" element={<Framed page={me.data && <AuditPage />} />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}

function Framed({ page }: { page: ReactNode }) {
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
      {page ?? <Skeleton />}
    </main>
  );
}

const places: [string, string][] = [
  ["People", paths.users()],
  ["Quota presets", paths.presets()],
  ["Audit log", paths.audit()],
];
