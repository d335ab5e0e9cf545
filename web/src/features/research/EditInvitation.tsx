// Edits an invitation: label, title, contact and last day; also adds tokens.
import { Pencil } from "lucide-react";
import { type FormEvent, useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { sentence } from "../../ui/sentence";
import { tokens } from "../../ui/staff/tokens";
import { useEstimate } from "../../ui/staff/use-estimate";
import { useFormErrors } from "../../ui/use-form-errors";
import { dayOf, endOfDay, today } from "./last-day";

type Props = { invitation: Schemas["Invitation"] };

export function EditInvitation({ invitation: i }: Props) {
  const [open, setOpen] = useState(false);
  if (i.state === "revoked") return null;
  return (
    <>
      <Button look="tool" onClick={() => setOpen(true)}>
        <Pencil aria-hidden className="size-4" /> Edit or extend
      </Button>
      <Dialog open={open} onClose={() => setOpen(false)} title="Edit this invitation">
        <EditForm invitation={i} onDone={() => setOpen(false)} />
      </Dialog>
    </>
  );
}

function EditForm({ invitation: i, onDone }: Props & { onDone: () => void }) {
  const [more, setMore] = useState("");
  const amend = $api.useMutation("patch", "/api/invitations/{id}", {
    onSuccess: (amended) => {
      queryClient.setQueryData(queries.invitation(i.id).queryKey, amended);
      void queryClient.invalidateQueries(queries.invitations());
      onDone();
    },
  });
  const errors = useFormErrors(amend.error);
  const estimate = useEstimate(Number(more), { scenario: i.scenario, coach: i.coach });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const body = changed(i, new FormData(event.currentTarget));
    if (errors.check() && !amend.isPending) amend.mutate({ params: { path: { id: i.id } }, body });
  };
  const total = `${tokens(i.tokenQuota + Number(more))} in total`;
  return (
    <form {...errors.form} onSubmit={submit}>
      <TextField
        name="label"
        label="Label"
        hint="Only researchers see this."
        defaultValue={i.label}
        required
        maxChars={200}
        error={errors.of("label")}
      />
      <TextField
        name="title"
        label="Title for participants"
        hint="Leave empty for “Conversation Coach”."
        defaultValue={i.title}
        maxChars={200}
        error={errors.of("title")}
      />
      <TextField
        name="contact"
        label="Contact for questions"
        hint="Shown to participants, even after their link stops working."
        defaultValue={i.contact}
        maxChars={200}
        error={errors.of("contact")}
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
          Number(more) > 0
            ? sentence([estimate && `${estimate} more`, total].filter(Boolean).join(", "))
            : `The quota is ${tokens(i.tokenQuota)} now.`
        }
        error={errors.of("more") ?? errors.of("addTokens")}
      />
      <TextField
        name="expires"
        type="date"
        min={i.expiresAt && dayOf(i.expiresAt) < today() ? undefined : today()}
        label="Last day"
        hint="Leave empty for no expiry."
        defaultValue={i.expiresAt ? dayOf(i.expiresAt) : ""}
        error={errors.of("expires") ?? errors.of("expiresAt")}
      />
      {errors.general && <ProblemNotice problem={errors.general} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="act" aria-disabled={amend.isPending}>
          Save changes
        </Button>
        <Button look="tool" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

// The OpenAPI document allows `null` only in its description, not in the field's type.
const NONE = null as unknown as string;

/** Returns only what changed: an expiry in the past stays until the researcher edits it. */
function changed(i: Schemas["Invitation"], form: FormData): Schemas["AmendInvitation"] {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const day = text("expires");
  const body: Schemas["AmendInvitation"] = {};
  if (text("label") !== i.label) body.label = text("label");
  if (text("title") !== (i.title ?? "")) body.title = text("title") || NONE;
  if (text("contact") !== (i.contact ?? "")) body.contact = text("contact") || NONE;
  if (Number(text("more")) > 0) body.addTokens = Number(text("more"));
  if (day !== (i.expiresAt ? dayOf(i.expiresAt) : "")) body.expiresAt = endOfDay(day) ?? NONE;
  return body;
}
