// The role of an account, changed after a question that names the person. Administrators can't change their own.
import { Lock } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Question } from "../../ui/staff/Question";
import { aRole, callThem, given, type Role, roleMay, roleNames, type User } from "./people";

type Props = { user: User; me: Schemas["Me"] };

export function RoleChoice({ user, me }: Props) {
  const [wanted, setWanted] = useState<Role>();
  const change = useChangeUser(user.id, (changed) => {
    setWanted(undefined);
    announce(`${callThem(changed)} is now ${aRole(changed.role)}.`);
  });
  if (user.role === "GUEST") return <span className="text-muted">{roleNames.GUEST}</span>;
  if (user.id === me.id)
    return (
      <span className="block">
        <span className="inline-flex items-center gap-1.5">
          <Lock aria-hidden className="size-3.5" /> {roleNames[user.role]}
        </span>
        <span className="block text-sm text-muted">You can't change your own role.</span>
      </span>
    );
  const name = callThem(user);
  const role = wanted ?? user.role;
  return (
    <>
      <select
        aria-label={`Role of ${name}`}
        value={user.role}
        onChange={(event) => setWanted(given.find((role) => role === event.target.value))}
        className="min-h-10 max-w-full rounded-lg border border-control bg-raised px-2 py-1.5 @max-3xl:w-full"
      >
        {given.map((role) => (
          <option key={role} value={role}>
            {roleNames[role]}
          </option>
        ))}
      </select>
      <Question
        open={wanted !== undefined}
        onClose={() => setWanted(undefined)}
        title={`Change the role of ${name}?`}
        yes={`Make them ${aRole(role)}`}
        no="Cancel"
        asked={change}
        onYes={() => change.mutate({ params: { path: { id: user.id } }, body: { role } })}
      >
        <p>{`${name} becomes ${aRole(role)}. ${aRole(role).replace(/^./, (c) => c.toUpperCase())} ${roleMay[role]}`}</p>
        <p className="text-muted">Takes effect within seconds, including on devices where they are signed in.</p>
      </Question>
    </>
  );
}

/** Changes an account and refreshes the pages that show it. */
export function useChangeUser(id: string, onDone: (changed: User) => void) {
  return $api.useMutation("patch", "/api/users/{id}", {
    onSuccess: async (changed) => {
      await Promise.all([
        queryClient.invalidateQueries(queries.users({})),
        queryClient.invalidateQueries(queries.user(id)),
        queryClient.invalidateQueries(queries.audit({})),
      ]);
      onDone(changed);
    },
  });
}
