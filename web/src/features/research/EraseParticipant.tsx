// Deletes the conversations of an invitation's participant after a confirmation that names the invitation.
import { useQuery } from "@tanstack/react-query";
import { Eraser } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/staff/ConfirmDialog";

type Props = { invitation: Schemas["Invitation"] };

export function EraseParticipant({ invitation: i }: Props) {
  const [asking, setAsking] = useState(false);
  const erase = $api.useMutation("delete", "/api/invitations/{id}/participant", {
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries(queries.invitation(i.id)),
        queryClient.invalidateQueries(queries.invitationConversations(i.id)),
      ]);
      setAsking(false);
      announce("The participant's conversations were deleted.");
    },
  });
  // Already deleted, or there never was a conversation.
  const conversations = useQuery(queries.invitationConversations(i.id)).data?.items ?? [];
  if (!asking && conversations.every((c) => c.erasedAt)) return null;
  return (
    <>
      <Button look="tool" className="text-danger" onClick={() => setAsking(true)}>
        <Eraser aria-hidden className="size-4" /> Delete conversations
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Delete the conversations of “${i.label}”?`}
        confirmLabel="Delete conversations"
        look="danger"
        mutation={erase}
        onConfirm={() => erase.mutate({ params: { path: { id: i.id } } })}
      >
        <p>
          This deletes every word that the participant, their partner and the coach wrote in all of the participant's
          conversations. A conversation in progress ends, and the participant is signed out. This can't be undone.
        </p>
        <p className="text-muted">Token usage stays on record, and the audit log shows who deleted the text.</p>
      </ConfirmDialog>
    </>
  );
}
