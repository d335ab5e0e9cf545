// What somebody may do: a choice, confirmed by name before it counts. One's own is locked.
import { Lock } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Question } from "../../ui/Question";
import { callThem, given, type Role, roleMay, roleNames, type User } from "./people";

type Props = { user: User; me: Schemas["Me"] };

export function RoleChoice({ user, me }: Props) {
  const [wanted, setWanted] = useState<Role>();
  const change = useChangeUser(user.id, () => setWanted(undefined));
  if (user.role === "GUEST") return <span className="text-muted">{roleNames.GUEST}</span>;
  if (user.id === me.id)
    return (
      <span className="block">
        <span className="inline-flex items-center gap-1.5">
          <Lock aria-hidden className="size-3.5" /> {roleNames[user.role]}
        </span>
        <span className="block text-sm text-muted">Nobody changes their own role.</span>
      </span>
    );
  const name = callThem(user);
  return (
    <>
      <select
        aria-label={`Role of ${name}`}
        value={user.role}
        onChange={(event) => setWanted(given.find((role) => role === event.target.value))}
        className="min-h-10 rounded-lg border border-control bg-raised px-2 py-1.5"
      >
        {given.map((role) => (
          <option key={role} value={role}>
            {roleNames[role]}
          </option>
        ))}
      </select>
      {wanted && (
        <Question
          open
          onClose={() => setWanted(undefined)}
          title={`Change the role of ${name}?`}
          yes={`Make them ${wanted === "ADMIN" ? "an" : "a"} ${roleNames[wanted].toLowerCase()}`}
          no={`Leave it at ${roleNames[user.role].toLowerCase()}`}
          asked={change}
          onYes={() => change.mutate({ params: { path: { id: user.id } }, body: { role: wanted } })}
        >
          <p>
            {name} becomes {wanted === "ADMIN" ? "an" : "a"} {roleNames[wanted].toLowerCase()}, who {roleMay[wanted]}
          </p>
          <p className="text-muted">It counts within seconds, also where they are signed in now.</p>
        </Question>
      )}
    </>
  );
}

/** Changes an account, and whatever shows it. */
export function useChangeUser(id: string, onDone: () => void) {
  return $api.useMutation("patch", "/api/users/{id}", {
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries(queries.users({})),
        queryClient.invalidateQueries(queries.user(id)),
        queryClient.invalidateQueries(queries.audit({})),
      ]);
      onDone();
    },
  });
}
