// Changes a user's role after a confirmation that names them. Administrators can't change their own role.
import { Lock } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { ConfirmDialog } from "../../ui/staff/ConfirmDialog";
import {
  assignableRoles,
  displayNameOf,
  type Role,
  roleNames,
  rolePermissions,
  roleWithArticle,
  type User,
} from "./users";

type Props = { user: User; me: Schemas["Me"] };

export function RoleSelect({ user, me }: Props) {
  const [wanted, setWanted] = useState<Role>();
  const change = useChangeUser(user.id, (changed) => {
    setWanted(undefined);
    announce(`${displayNameOf(changed)} is now ${roleWithArticle(changed.role)}.`);
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
  const name = displayNameOf(user);
  const role = wanted ?? user.role;
  return (
    <>
      <select
        aria-label={`Role of ${name}`}
        value={user.role}
        onChange={(event) => setWanted(assignableRoles.find((role) => role === event.target.value))}
        className="min-h-10 max-w-full rounded-lg border border-control bg-raised px-2 py-1.5 @max-3xl:w-full"
      >
        {assignableRoles.map((role) => (
          <option key={role} value={role}>
            {roleNames[role]}
          </option>
        ))}
      </select>
      <ConfirmDialog
        open={wanted !== undefined}
        onClose={() => setWanted(undefined)}
        title={`Change the role of ${name}?`}
        confirmLabel={`Make them ${roleWithArticle(role)}`}
        mutation={change}
        onConfirm={() => change.mutate({ params: { path: { id: user.id } }, body: { role } })}
      >
        <p>{`${name} becomes ${roleWithArticle(role)}. ${roleWithArticle(role).replace(/^./, (c) => c.toUpperCase())} ${rolePermissions[role]}`}</p>
        <p className="text-muted">Takes effect within seconds, including on devices where they are signed in.</p>
      </ConfirmDialog>
    </>
  );
}

/** Updates an account and refreshes the pages that show it. */
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
