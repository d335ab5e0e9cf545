// Whose actions the audit log shows: people with an account, and the person the address names.
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { queries } from "../../api/queries";
import { selectLook } from "../../ui/Field";
import { chosen } from "../../ui/staff/url-state";
import { callThem, nameless } from "./people";

export function PersonFilter({ person }: { person: string | undefined }) {
  const [query, setQuery] = useSearchParams();
  const other = useQuery({ ...queries.user(person ?? ""), enabled: person !== undefined }).data;
  const people = useQuery(queries.users({ limit: 200 })).data?.items ?? [];
  const named = people.some((user) => user.id === person);
  return (
    <label className="mb-4 block max-w-80">
      <span className="mb-1 block font-medium">Done by</span>
      <select
        value={person ?? ""}
        onChange={(event) => setQuery(chosen(query, { person: event.target.value }))}
        className={selectLook}
      >
        <option value="">Everyone</option>
        {person && !named && <option value={person}>{other ? callThem(other) : `Account ${nameless(person)}`}</option>}
        {people.map((user) => (
          <option key={user.id} value={user.id}>
            {callThem(user)}
          </option>
        ))}
      </select>
    </label>
  );
}
