// Deletes all of the user's data after they type a word to confirm.
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
import { clearDrafts } from "../../ui/storage";

type Props = { me: Schemas["Me"] };

export function DeleteMyData({ me }: Props) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <p className="mb-4">{consequence(me)}</p>
      <Button look="danger" onClick={() => setAsking(true)}>
        <Trash2 aria-hidden className="size-4" /> Delete everything
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title="Delete all your data?">
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
      clearDrafts();
      await navigate(paths.home(), { replace: true, state: { erased: true } });
      await queryClient.resetQueries();
    },
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("word") ?? "").trim();
    if (typed.toUpperCase() !== WORD) setWrong(`Type ${WORD} in this box, then press the button again.`);
    else if (!erase.isPending) erase.mutate({});
  };
  return (
    <form onSubmit={submit} noValidate>
      <p className="mb-4">{consequence(me)}</p>
      <TextField
        name="word"
        label={`Type ${WORD} to confirm`}
        autoComplete="off"
        autoCapitalize="characters"
        error={wrong}
      />
      {erase.error && <ProblemNotice problem={problemOf(erase.error)} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="danger" aria-disabled={erase.isPending}>
          Delete everything
        </Button>
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </form>
  );
}

function consequence(me: Schemas["Me"]): string {
  return me.guest
    ? "This deletes every word of your conversations, for you and for the researchers. You will be signed out and can't use your invitation again. This can't be undone."
    : "This deletes every word of your conversations, your name and your email address, and closes your account. This can't be undone.";
}
