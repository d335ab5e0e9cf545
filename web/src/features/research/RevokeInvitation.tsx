// Revokes an invitation after a confirmation that names it.
import { Ban } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/staff/ConfirmDialog";

type Props = { invitation: Schemas["Invitation"] };

export function RevokeInvitation({ invitation: i }: Props) {
  const [asking, setAsking] = useState(false);
  const revoke = $api.useMutation("post", "/api/invitations/{id}/revoke", {
    onSuccess: (revoked) => {
      queryClient.setQueryData(queries.invitation(i.id).queryKey, revoked);
      void queryClient.invalidateQueries(queries.invitations());
      setAsking(false);
    },
  });
  if (i.state !== "open" && i.state !== "claimed") return null;
  return (
    <>
      <Button look="tool" className="text-danger" onClick={() => setAsking(true)}>
        <Ban aria-hidden className="size-4" /> Revoke
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Revoke “${i.label}”?`}
        confirmLabel="Revoke invitation"
        look="danger"
        mutation={revoke}
        onConfirm={() => revoke.mutate({ params: { path: { id: i.id } } })}
      >
        <p>
          {i.claimedBy
            ? "The participant can still read their conversations but can't continue them or start new ones. A reply in progress is completed."
            : "Its link and code stop working immediately."}{" "}
          This can't be undone.
        </p>
        <p>Everything written so far is saved.</p>
      </ConfirmDialog>
    </>
  );
}
