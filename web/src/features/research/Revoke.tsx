// Takes an invitation back, after asking once more by its name.
import { Ban } from "lucide-react";
import { useState } from "react";
import { $api, problemOf, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ProblemNotice } from "../../ui/ProblemNotice";

type Props = { invitation: Schemas["Invitation"] };

export function Revoke({ invitation: i }: Props) {
  const [asking, setAsking] = useState(false);
  if (i.state !== "open" && i.state !== "claimed") return null;
  return (
    <>
      <Button look="tool" className="no-print mt-5 text-danger" onClick={() => setAsking(true)}>
        <Ban aria-hidden className="size-4" /> Revoke
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title={`Revoke “${i.label}”?`}>
        <Question invitation={i} onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

function Question({ invitation: i, onClose }: Props & { onClose: () => void }) {
  const revoke = $api.useMutation("post", "/api/invitations/{id}/revoke", {
    onSuccess: (revoked) => {
      queryClient.setQueryData(queries.invitation(i.id).queryKey, revoked);
      void queryClient.invalidateQueries(queries.invitations());
      onClose();
    },
  });
  return (
    <>
      <p className="mb-2">
        {i.claimedBy
          ? "Its participant can still read, but begin nothing new. A reply that is being written is finished."
          : "Its link and its code stop working at once."}{" "}
        This cannot be undone.
      </p>
      <p className="mb-4">Everything said so far is kept.</p>
      {revoke.error && <ProblemNotice problem={problemOf(revoke.error)} />}
      <div className="flex flex-wrap gap-3">
        <Button look="danger" onClick={() => revoke.isPending || revoke.mutate({ params: { path: { id: i.id } } })}>
          Revoke it
        </Button>
        <Button onClick={onClose}>Keep it</Button>
      </div>
    </>
  );
}
