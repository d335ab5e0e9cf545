// What the subjects of the audit log are called now. Whoever is not among the newest is told by the end of their id.
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../api/queries";
import { paths } from "../../paths";
import { type Entry, kindOf } from "./deeds";
import { callThem, nameless, type Role } from "./people";

type Subject = NonNullable<Entry["subject"]>;
type Named = { name: string; to?: string };

const NEWEST = 200;

export function useNames() {
  const people = usePeople();
  const guests = usePeople("GUEST");
  const invitations = useQuery(queries.invitations()).data?.items ?? [];
  const presets = useQuery(queries.presets()).data?.items ?? [];
  const person = (id: string) => {
    const user = [...people, ...guests].find((one) => one.id === id);
    return user ? callThem(user) : `Account ${nameless(id)}`;
  };
  const subject = ({ kind, id }: Subject): Named => {
    const invitation = invitations.find((one) => one.id === id);
    const preset = presets.find((one) => one.id === id);
    switch (kind) {
      case "person":
        return { name: person(id), to: paths.user(id) };
      case "invitation":
        return { name: invitation ? `the invitation “${invitation.label}”` : kindOf(kind), to: paths.invitation(id) };
      case "preset":
        return preset ? { name: `the preset “${preset.label}”`, to: paths.presets() } : { name: kindOf(kind) };
      default:
        return { name: kindOf(kind) };
    }
  };
  return { person, subject };
}

function usePeople(role?: Role) {
  return useQuery(queries.users({ limit: NEWEST, ...(role ? { role } : {}) })).data?.items ?? [];
}
