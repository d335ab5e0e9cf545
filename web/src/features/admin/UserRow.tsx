// One row of the user list.
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../paths";
import { Cell, RowName, TableRow } from "../../ui/staff/Table";
import { Time } from "../../ui/staff/Time";
import { RoleSelect } from "./RoleSelect";
import { displayNameOf, type User } from "./users";

type Props = { user: User; me: Schemas["Me"] };

export function UserRow({ user, me }: Props) {
  return (
    <TableRow>
      <RowName>
        <span className="flex flex-wrap items-center gap-x-2">
          <Link to={paths.user(user.id)} className="inline-flex min-h-6 items-center hover:text-brand hover:underline">
            {displayNameOf(user)}
          </Link>
          {user.id === me.id && <span className="font-normal text-muted">you</span>}
          {user.disabled && <Disabled />}
        </span>
        {user.name && user.email && <span className="block text-sm font-normal text-muted">{user.email}</span>}
      </RowName>
      <Cell>
        <RoleSelect user={user} me={me} />
      </Cell>
      <Cell name="Last signed in" className="text-muted @3xl:whitespace-nowrap">
        {user.signedInAt ? <Time iso={user.signedInAt} /> : "never"}
      </Cell>
      <Cell name="Created" className="text-muted @3xl:whitespace-nowrap">
        <Time iso={user.createdAt} />
      </Cell>
    </TableRow>
  );
}

export const Disabled = () => (
  <span className="rounded-full border border-danger/60 px-2 text-sm font-normal text-danger">Disabled</span>
);
