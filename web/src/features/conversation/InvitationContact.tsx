// The contact for questions, from the invitation that the conversation belongs to.
import { useQuery } from "@tanstack/react-query";
import { queries } from "../../api/queries";
import { Contact as ContactLink } from "../../ui/Contact";

export function InvitationContact({ invitationId }: { invitationId: string | undefined }) {
  const contact = useQuery(queries.me()).data?.invitations.find((i) => i.id === invitationId)?.contact;
  if (!contact) return null;
  return (
    <p className="text-sm text-muted">
      <span>Questions? Contact </span>
      <ContactLink of={contact} />
    </p>
  );
}
