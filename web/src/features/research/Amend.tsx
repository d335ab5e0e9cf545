// Changes an invitation: what it is called, how long it is good for, and more tokens.
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { refusedFields } from "../../api/fields";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { sentence } from "../../ui/sentence";
import { aboutTurns, tokens } from "../../ui/staff/tokens";
import { given } from "../../ui/staff/url-state";
import { dayOf, endOfDay, today } from "./last-day";
import { useTurnCost } from "./turn-cost";

type Props = { invitation: Schemas["Invitation"] };

export function Amend({ invitation: i }: Props) {
  const [open, setOpen] = useState(false);
  if (i.state === "revoked") return null;
  return (
    <>
      <Button look="tool" onClick={() => setOpen(true)}>
        <Pencil aria-hidden className="size-4" /> Change or extend
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Change this invitation">
        <AmendForm invitation={i} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function AmendForm({ invitation: i, onDone }: Props & { onDone: () => void }) {
  const [more, setMore] = useState("");
  const { aTurn } = useTurnCost(i.scenario);
  const amend = $api.useMutation("patch", "/api/invitations/{id}", {
    onSuccess: (amended) => {
      queryClient.setQueryData(queries.invitation(i.id).queryKey, amended);
      void queryClient.invalidateQueries(queries.invitations());
      onDone();
    },
  });
  const refused = refusedFields(amend.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = changed(i, new FormData(event.currentTarget));
    if (!amend.isPending) amend.mutate({ params: { path: { id: i.id } }, body });
  };
  const count = Number(more);
  return (
    <form onSubmit={submit}>
      <TextField
        name="label"
        label="Label"
        hint="For researchers. It also stands beside the code when that is shown or printed."
        defaultValue={i.label}
        required
        maxLength={200}
        error={refused.of("label")}
      />
      <TextField
        name="more"
        type="number"
        inputMode="numeric"
        label="More tokens"
        min={0}
        step={1}
        value={more}
        onChange={(event) => setMore(event.target.value)}
        hint={
          count > 0
            ? sentence(`${aboutTurns(count, aTurn)} more, ${tokens(i.tokenQuota + count)} in all`)
            : `It has ${tokens(i.tokenQuota)} now.`
        }
        error={refused.of("addTokens")}
      />
      <TextField
        name="expires"
        type="date"
        min={today()}
        label="Last day"
        hint="Empty: it does not expire."
        defaultValue={i.expiresAt ? dayOf(i.expiresAt) : ""}
        error={refused.of("expiresAt")}
      />
      {refused.whole && <ProblemNotice problem={refused.whole} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="act" aria-disabled={amend.isPending}>
          Save
        </Button>
        <Button look="tool" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

// The document says `null` in words only, and not in the field's type.
const NEVER = null as unknown as string;

/** Only what is different now: an expiry in the past stays what it is while nobody touches it. */
function changed(i: Schemas["Invitation"], form: FormData): Schemas["AmendInvitation"] {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const day = text("expires");
  const before = i.expiresAt ? dayOf(i.expiresAt) : "";
  return {
    ...given<Schemas["AmendInvitation"]>({ label: text("label") === i.label ? "" : text("label") }),
    ...(Number(text("more")) > 0 ? { addTokens: Number(text("more")) } : {}),
    ...(day === before ? {} : { expiresAt: endOfDay(day) ?? NEVER }),
  };
}
