// Deletes what an invitation's participant said, after asking once more by its label.
import { Eraser } from "lucide-react";
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { Question } from "../../ui/staff/Question";

type Props = { invitation: Schemas["Invitation"] };

export function EraseParticipant({ invitation: i }: Props) {
  const [asking, setAsking] = useState(false);
  const erase = $api.useMutation("delete", "/api/invitations/{id}/participant", {
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries(queries.invitation(i.id)),
        queryClient.invalidateQueries(queries.conversationsUnder(i.id)),
      ]);
      setAsking(false);
      announce("What the participant said is deleted.");
    },
  });
  if (!i.claimedBy) return null;
  return (
    <>
      <Button look="tool" className="text-danger" onClick={() => setAsking(true)}>
        <Eraser aria-hidden className="size-4" /> Delete what was said
      </Button>
      <Question
        open={asking}
        onClose={() => setAsking(false)}
        title={`Delete all that the participant of “${i.label}” said?`}
        yes="Delete their words"
        no="Keep them"
        look="danger"
        asked={erase}
        onYes={() => erase.mutate({ params: { path: { id: i.id } } })}
      >
        <p>
          Every word of the participant of “{i.label}”, and what partner and coach answered, in every conversation of
          theirs. What runs ends, and they are signed out. This cannot be undone.
        </p>
        <p className="text-muted">What was spent, and that it was deleted and by whom, stays on record.</p>
      </Question>
    </>
  );
}
