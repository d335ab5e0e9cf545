// Extends the selected invitations: a later last day, more tokens, or both.
import { type FormEvent, useState } from "react";
import { serverFieldErrors } from "../../../api/field-errors";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { CheckField, TextField } from "../../../ui/Field";
import { ProblemNotice } from "../../../ui/ProblemNotice";
import { endOfDay, today } from "../last-day";
import { countOf, type ManyProps, useBulk } from "./use-bulk";

export function ExtendMany({ open, chosen, onClose, onDone }: ManyProps) {
  return (
    <Dialog open={open} onClose={onClose} title={`Extend ${countOf(chosen.length)}`}>
      <ExtendForm chosen={chosen} onClose={onClose} onDone={onDone} />
    </Dialog>
  );
}

function ExtendForm({ chosen, onClose, onDone }: Omit<ManyProps, "open">) {
  const [never, setNever] = useState(false);
  const [missing, setMissing] = useState(false);
  const extend = useBulk((n) => `${countOf(n)} extended.`, chosen, onDone);
  const errors = serverFieldErrors(extend.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const expiresAt = never ? null : endOfDay(String(form.get("expires") ?? ""));
    const addTokens = Number(form.get("more") ?? 0);
    const nothing = expiresAt === undefined && !(addTokens > 0);
    setMissing(nothing);
    if (nothing || extend.isPending) return;
    extend.mutate({
      act: "extend",
      ...(expiresAt === undefined ? {} : { expiresAt }),
      ...(addTokens > 0 ? { addTokens } : {}),
    });
  };
  return (
    <form onSubmit={submit} noValidate>
      <TextField
        name="expires"
        type="date"
        min={today()}
        disabled={never}
        label="Last day"
        hint="Leave empty to keep each invitation's own."
        error={missing ? "Choose a last day, or add tokens." : errors.of("expiresAt")}
      />
      <CheckField
        label="No expiry"
        checked={never}
        onChange={({ target }: { target: HTMLInputElement }) => setNever(target.checked)}
      />
      <TextField
        name="more"
        type="number"
        inputMode="numeric"
        min={0}
        step={1}
        label="Tokens to add to each"
        hint="Leave empty to add none."
        error={errors.of("addTokens")}
      />
      {errors.general && <ProblemNotice problem={errors.general} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="act" aria-disabled={extend.isPending}>
          {`Extend ${countOf(chosen.length)}`}
        </Button>
        <Button look="tool" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
