// Makes invitations. After one, straight to its code; after several, to the list of just those.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { $api, type Schemas } from "../../api/client";
import { refusedFields } from "../../api/fields";
import { queries, queryClient } from "../../api/queries";
import { paths } from "../../paths";
import { Button } from "../../ui/Button";
import { CheckField, SelectField, TextAreaField, TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { given } from "../../ui/staff/url-state";
import { endOfDay, today } from "./last-day";
import { QuotaChoice, quotaIn } from "./QuotaChoice";
import { turnCost } from "./turn-cost";

export function NewInvitationForm() {
  const navigate = useNavigate();
  const scenarios = useQuery(queries.scenarios()).data?.items ?? [];
  const [scenario, choose] = useState("");
  const create = $api.useMutation("post", "/api/invitations", {
    onSuccess: ({ items }, { body }) => {
      void queryClient.invalidateQueries(queries.invitations());
      const [only, second] = items;
      navigate(only && !second ? paths.invitation(only.id) : paths.invitations(body.label), { replace: true });
    },
  });
  const refused = refusedFields(create.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!create.isPending) create.mutate({ body: fromForm(new FormData(event.currentTarget)) });
  };
  return (
    <form onSubmit={submit}>
      <TextField
        name="label"
        label="Label"
        hint="For researchers. It also stands beside the code when that is shown or printed."
        required
        maxLength={200}
        error={refused.of("label")}
      />
      <QuotaChoice cost={turnCost(scenarios, scenario)} error={refused.of("tokenQuota") ?? refused.of("presetId")} />
      <SelectField
        name="scenario"
        label="Scenario"
        value={scenario}
        onChange={(event) => choose(event.target.value)}
        error={refused.of("scenario")}
      >
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
          min={today()}
          label="Last day"
          hint="Empty: it does not expire."
          error={refused.of("expiresAt")}
        />
        <TextField
          name="copies"
          type="number"
          inputMode="numeric"
          label="Copies"
          hint="Up to 200, each with a number."
          min={1}
          max={200}
          defaultValue={1}
          error={refused.of("copies")}
        />
      </div>
      <CheckField name="coach" defaultChecked label="The coach comments on every turn" />
      <CheckField name="aside" defaultChecked label="Participants may ask the coach privately" />
      <CheckField name="own" label="Participants may describe a scenario of their own" />
      <details className="mt-2 mb-4" open={refused.of("consent") || refused.of("contact") ? true : undefined}>
        <summary className="min-h-11 py-2.5 font-medium">What participants read before they agree</summary>
        <TextField
          name="contact"
          label="Contact for questions"
          hint="Participants see it."
          error={refused.of("contact")}
        />
        <TextAreaField
          name="consent"
          label="Consent text"
          rows={6}
          hint="Empty: the text of this server. Paragraphs, lists with - and **strong** words are shown as such."
          error={refused.of("consent")}
        />
      </details>
      {refused.whole && <ProblemNotice problem={refused.whole} />}
      <Button type="submit" look="act" className="w-full" aria-disabled={create.isPending}>
        Create
      </Button>
    </form>
  );
}

function fromForm(form: FormData): Schemas["NewInvitation"] {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const more: Partial<Schemas["NewInvitation"]> = given({
    scenario: text("scenario"),
    contact: text("contact"),
    consent: text("consent"),
    expiresAt: endOfDay(text("expires")),
  });
  return {
    label: text("label"),
    ...quotaIn(form),
    copies: Number(text("copies")) || 1,
    coach: form.has("coach"),
    aside: form.has("aside"),
    allowCustomScenario: form.has("own"),
    ...more,
  };
}
