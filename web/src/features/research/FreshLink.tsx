// Gives an invitation a new link, after saying what becomes of the old one.
import { Link2 } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { Question } from "../../ui/staff/Question";

const DONE = "The link and the code are new; the old ones open nothing any more.";

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
        <Link2 aria-hidden className="size-4" /> Fresh link
      </Button>
      {renewed && <p className="order-last w-full text-sm text-ok">{DONE}</p>}
      <Question
        open={asking}
        onClose={() => setAsking(false)}
        title={`A fresh link for “${i.label}”?`}
        yes="Make a fresh link"
        no="Keep the old one"
        asked={renew}
        onYes={() => renew.mutate({ params: { path: { id: i.id } } })}
      >
        <p>The link and the code it has now stop working at once, also where they are printed.</p>
        {i.claimedBy && (
          <p>
            Its participant can go on with the new link, once, on whatever device, with all of their conversations. The
            device they used before is signed out then.
          </p>
        )}
      </Question>
    </>
  );
}
