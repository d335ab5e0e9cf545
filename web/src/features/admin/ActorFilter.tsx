// Filters the audit log by user: anyone with an account, or the user in the URL.
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { queries } from "../../api/queries";
import { selectLook } from "../../ui/Field";
import { withChoices } from "../../ui/staff/url-state";
import { displayNameOf, shortId } from "./users";

export function ActorFilter({ actorId }: { actorId: string | undefined }) {
  const [query, setQuery] = useSearchParams();
  const other = useQuery({ ...queries.user(actorId ?? ""), enabled: actorId !== undefined }).data;
  const people = useQuery(queries.users({ limit: 200 })).data?.items ?? [];
  const named = people.some((user) => user.id === actorId);
  return (
    <label className="mb-4 block max-w-80">
      <span className="mb-1 block font-medium">Done by</span>
      <select
        value={actorId ?? ""}
        onChange={(event) => setQuery(withChoices(query, { person: event.target.value }))}
        className={selectLook}
      >
        <option value="">Everyone</option>
        {actorId && !named && (
          <option value={actorId}>{other ? displayNameOf(other) : `Account ${shortId(actorId)}`}</option>
        )}
        {people.map((user) => (
          <option key={user.id} value={user.id}>
            {displayNameOf(user)}
          </option>
        ))}
      </select>
    </label>
  );
}
