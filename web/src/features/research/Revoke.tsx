// Takes an invitation back, after asking once more by its name.
import { Ban } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Question } from "../../ui/staff/Question";

type Props = { invitation: Schemas["Invitation"] };

export function Revoke({ invitation: i }: Props) {
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
      <Question
        open={asking}
        onClose={() => setAsking(false)}
        title={`Revoke “${i.label}”?`}
        yes="Revoke it"
        no="Keep it"
        look="danger"
        asked={revoke}
        onYes={() => revoke.mutate({ params: { path: { id: i.id } } })}
      >
        <p>
          {i.claimedBy
            ? "Its participant can still read, but begin nothing new. A reply that is being written is finished."
            : "Its link and its code stop working at once."}{" "}
          This cannot be undone.
        </p>
        <p>Everything said so far is kept.</p>
      </Question>
    </>
  );
}
