// Who to turn to, where a page ends: the contact of the invitation that the conversation belongs to.
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../api/queries";

export function Contact({ invitationId }: { invitationId: string | undefined }) {
  const invitations: { id: string; contact?: string }[] = useQuery(queries.me()).data?.invitations ?? [];
  const contact = invitations.find((i) => i.id === invitationId)?.contact;
  if (!contact) return null;
  return <p className="text-sm text-muted">{`Questions? Contact ${contact}.`}</p>;
}
