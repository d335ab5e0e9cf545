// `/admin/users`: accounts or guests, filtered by the search and role in the URL.
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { problemOf, type Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { PageHeading } from "../../ui/PageHeading";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { Skeleton } from "../../ui/Skeleton";
import { Pagination } from "../../ui/staff/Pagination";
import { Table } from "../../ui/staff/Table";
import { oneOf, withoutEmpty } from "../../ui/staff/url-state";
import { UserFilter } from "./UserFilter";
import { UserRow } from "./UserRow";
import { roles } from "./users";

const PAGE = 50;

export function UsersPage({ me }: { me: Schemas["Me"] }) {
  const [query] = useSearchParams();
  const role = oneOf(query, "role", roles);
  const wanted = { search: query.get("search"), cursor: query.get("cursor"), role, limit: PAGE };
  const people = useQuery(queries.users(withoutEmpty(wanted)));
  const guests = role === "GUEST";
  return (
    <>
      <PageHeading title="People" />
      <p className="mt-1 mb-4 max-w-[36rem] text-muted">
        {guests
          ? "Guests are created when someone accepts an invitation. They have no name, no email address, and a fixed role."
          : "Everyone who has signed in with an account. Participants without an account are listed as guests."}
      </p>
      <UserFilter role={role} />
      {people.isPending && <Skeleton />}
      {people.error && <ProblemNotice problem={problemOf(people.error)} onRetry={() => void people.refetch()} />}
      {people.data?.items.length === 0 && (
        <p className="rounded-2xl border border-line bg-surface p-5 text-muted">
          {query.has("search") ? "No people match." : "There is no one in this list yet."}
        </p>
      )}
      {people.data && people.data.items.length > 0 && (
        <Table caption="People, newest first" columns={["Name", "Role", "Last signed in", "Created"]}>
          {people.data.items.map((user) => (
            <UserRow key={user.id} user={user} me={me} />
          ))}
        </Table>
      )}
      <Pagination next={people.data?.next} />
    </>
  );
}
