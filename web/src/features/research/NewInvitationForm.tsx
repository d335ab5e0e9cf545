// Makes invitations. After one, straight to its code; after several, back to the list.
import { useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useNavigate } from "react-router";
import { $api, problemOf, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { paths } from "../../paths";
import { Button } from "../../ui/Button";
import { CheckField, SelectField, TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";

const quotas = [
  { tokens: 60_000, label: "About 10 turns (60,000 tokens)" },
  { tokens: 120_000, label: "About 20 turns (120,000 tokens)" },
  { tokens: 300_000, label: "About 50 turns (300,000 tokens)" },
];

export function NewInvitationForm() {
  const navigate = useNavigate();
  const scenarios = useQuery(queries.scenarios()).data?.items ?? [];
  const create = $api.useMutation("post", "/api/invitations", {
    onSuccess: ({ items }) => {
      void queryClient.invalidateQueries(queries.invitations());
      const [only, second] = items;
      navigate(only && !second ? paths.invitation(only.id) : paths.invitations(), { replace: true });
    },
  });
  const problem = create.error && problemOf(create.error);
  const errorOf = (field: string) => problem?.fields?.find((f) => f.field === field)?.message;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!create.isPending) create.mutate({ body: fromForm(new FormData(event.currentTarget)) });
  };
  return (
    <form onSubmit={submit}>
      <TextField
        name="label"
        label="Label"
        hint="Only researchers see it."
        required
        maxLength={120}
        error={errorOf("label")}
      />
      <SelectField name="tokens" label="How much" defaultValue="120000" error={errorOf("tokenQuota")}>
        {quotas.map((q) => (
          <option key={q.tokens} value={q.tokens}>
            {q.label}
          </option>
        ))}
      </SelectField>
      <SelectField name="scenario" label="Scenario" error={errorOf("scenario")}>
        <option value="">The participant chooses</option>
        {scenarios.map((s) => (
          <option key={s.slug} value={s.slug}>
            {s.title}
          </option>
        ))}
      </SelectField>
      <div className="grid grid-cols-1 gap-x-4 sm:grid-cols-2">
        <TextField
          name="expires"
          type="date"
          label="Last day"
          hint="Empty: it does not expire."
          error={errorOf("expiresAt")}
        />
        <TextField
          name="copies"
          type="number"
          label="Copies"
          min={1}
          max={200}
          defaultValue={1}
          error={errorOf("copies")}
        />
      </div>
      <TextField name="contact" label="Contact for questions" hint="Participants see it." error={errorOf("contact")} />
      <CheckField name="coach" defaultChecked label="The coach comments on every turn" />
      <CheckField name="aside" defaultChecked label="Participants may ask the coach privately" />
      {problem && !problem.fields?.length && <ProblemNotice problem={problem} />}
      <Button type="submit" look="act" className="mt-3 w-full" aria-disabled={create.isPending}>
        Create
      </Button>
    </form>
  );
}

function fromForm(form: FormData): Schemas["NewInvitation"] {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const [scenario, contact, lastDay] = [text("scenario"), text("contact"), text("expires")];
  return {
    label: text("label"),
    tokenQuota: Number(text("tokens")),
    copies: Number(text("copies")) || 1,
    coach: form.has("coach"),
    aside: form.has("aside"),
    ...(scenario ? { scenario } : {}),
    ...(contact ? { contact } : {}),
    // The whole last day counts, in the researcher's own time zone.
    ...(lastDay ? { expiresAt: new Date(`${lastDay}T23:59:59`).toISOString() } : {}),
  };
}
