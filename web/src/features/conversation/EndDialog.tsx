// Asks for confirmation before ending the conversation, because that can't be undone.
import { useQueryClient } from "@tanstack/react-query";
import { $api, problemOf } from "../../api/client";
import { queries } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useScene } from "./scene";

type Props = { open: boolean; onClose: () => void };

export default function EndDialog({ open, onClose }: Props) {
  const { conversation: c } = useScene();
  return (
    <Dialog open={open} onClose={onClose} title={`End the conversation with ${c.partnerName}?`}>
      <EndForm id={c.id} onClose={onClose} />
    </Dialog>
  );
}

function EndForm({ id, onClose }: { id: string; onClose: () => void }) {
  const cache = useQueryClient();
  const end = $api.useMutation("post", "/api/conversations/{id}/end", {
    onSuccess: (conversation) => {
      cache.setQueryData(queries.conversation(id).queryKey, conversation);
      void cache.invalidateQueries(queries.conversations());
      onClose();
    },
  });
  return (
    <>
      <p className="mb-4">Everything so far is saved. You can read it, but you can't continue this conversation.</p>
      {end.error && <ProblemNotice problem={problemOf(end.error)} />}
      <div className="flex flex-wrap gap-3">
        <Button look="primary" onClick={() => end.isPending || end.mutate({ params: { path: { id } } })}>
          End conversation
        </Button>
        <Button onClick={onClose}>Keep talking</Button>
      </div>
    </>
  );
}
