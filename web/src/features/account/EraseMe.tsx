// Deletes all that is kept of the caller, once they have typed that they mean it.
import { Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { $api, problemOf, type Schemas } from "../../api/client";
import { queryClient } from "../../api/queries";
import { paths } from "../../paths";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";

type Props = { me: Schemas["Me"] };

export function EraseMe({ me }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <p className="mb-4">{consequence(me)}</p>
      <Button look="danger" onClick={() => setAsking(true)}>
        <Trash2 aria-hidden className="size-4" /> Delete everything
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title="Delete everything of yours?">
        <Asking me={me} onClose={() => setAsking(false)} />
      </Dialog>
    </>
  );
}

const WORD = "DELETE";

function Asking({ me, onClose }: Props & { onClose: () => void }) {
  const navigate = useNavigate();
  const [wrong, setWrong] = useState<string>();
  const erase = $api.useMutation("delete", "/api/me", {
    onSuccess: async () => {
      // Drafts and messages that wait are words too.
      sessionStorage.clear();
      await navigate(paths.home(), { replace: true, state: { erased: true } });
      await queryClient.resetQueries();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("word") ?? "").trim();
    if (typed.toUpperCase() !== WORD) setWrong(`Type ${WORD} into this box, then press the button again.`);
    else if (!erase.isPending) erase.mutate({});
  };
  return (
    <form onSubmit={submit} noValidate>
      <p className="mb-4">{consequence(me)}</p>
      <TextField
        name="word"
        label={`Type ${WORD} to go on`}
        autoComplete="off"
        autoCapitalize="characters"
        error={wrong}
      />
      {erase.error && <ProblemNotice problem={problemOf(erase.error)} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="danger" aria-disabled={erase.isPending}>
          Delete everything
        </Button>
        <Button onClick={onClose}>Keep everything</Button>
      </div>
    </form>
  );
}

function consequence(me: Schemas["Me"]): string {
  return me.guest
    ? "All your conversations are deleted, every word of them, for you and for the researchers. You are signed out, and your invitation cannot be used again. This cannot be undone."
    : "All your conversations are deleted, every word of them, and your name and address. Your account is closed. This cannot be undone.";
}
