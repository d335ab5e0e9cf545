// Creates a fresh link for an invitation, after a confirmation that says what happens to the old one.
import { Link2 } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/staff/ConfirmDialog";

const DONE = "Fresh link created. The old link and code no longer work.";

type Props = { invitation: Schemas["Invitation"] };

export function FreshLink({ invitation: i }: Props) {
  const [asking, setAsking] = useState(false);
  const [renewed, setRenewed] = useState(false);
  const renew = $api.useMutation("post", "/api/invitations/{id}/fresh-link", {
    onSuccess: (renewed) => {
      queryClient.setQueryData(queries.invitation(i.id).queryKey, renewed);
      setAsking(false);
      setRenewed(true);
      announce(DONE);
    },
  });
  if (i.state !== "open" && i.state !== "claimed") return null;
  return (
    <>
      <Button look="tool" onClick={() => setAsking(true)}>
        <Link2 aria-hidden className="size-4" /> Create fresh link
      </Button>
      {renewed && <p className="order-last w-full text-sm text-ok">{DONE}</p>}
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Create a fresh link for “${i.label}”?`}
        confirmLabel="Create fresh link"
        mutation={renew}
        onConfirm={() => renew.mutate({ params: { path: { id: i.id } } })}
      >
        <p>The current link and code stop working immediately, including printed copies.</p>
        {i.claimedBy && (
          <p>
            The participant can use the fresh link once, on any device, to continue all of their conversations. The
            device they used before is then signed out.
          </p>
        )}
      </ConfirmDialog>
    </>
  );
}
