// A cast card: who you will meet, the situation in one line, how long and how hard. Starting may ask for a few words.
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { $api, problemOf, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { paths } from "../../paths";
import { Avatar } from "../../ui/Bubble";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { SelectField, TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";

type Scenario = Schemas["Scenario"];
type Props = { scenario: Scenario; invitationId: string | undefined };

export function ScenarioCard({ scenario: s, invitationId }: Props) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const start = $api.useMutation("post", "/api/conversations", {
    onSuccess: (c) => {
      void queryClient.invalidateQueries(queries.conversations());
      navigate(paths.conversation(c.id));
    },
  });
  const begin = (vars: Record<string, string>) =>
    start.mutate({ body: { scenario: s.slug, vars, ...(invitationId ? { invitationId } : {}) } });
  const facts = [s.minutes && `About ${s.minutes} minutes`, s.difficulty && `${s.difficulty} difficulty`].filter(
    Boolean,
  );
  return (
    <li className="flex flex-col rounded-2xl border border-line bg-raised p-4">
      <div className="mb-3 flex items-center gap-3">
        <Avatar name={s.partnerName} />
        <div className="min-w-0">
          <h3 className="leading-tight font-semibold">{s.title}</h3>
          <p className="text-sm text-muted">You meet {s.partnerName}</p>
        </div>
      </div>
      <p className="mb-2">{s.card}</p>
      <p className="text-sm text-muted first-letter:uppercase">{facts.join(", ")}</p>
      <p className="mb-4 text-sm text-muted">{s.contentNote && `Touches on: ${s.contentNote}`}</p>
      {start.error && !asking && <ProblemNotice problem={problemOf(start.error)} />}
      <Button
        look="primary"
        className="mt-auto w-full"
        aria-label={`Start: ${s.title}`}
        aria-disabled={start.isPending}
        onClick={() => (s.vars.length > 0 ? setAsking(true) : start.isPending || begin({}))}
      >
        {start.isPending ? "Starting" : "Start"}
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title="A few words first">
        <VarsForm scenario={s} onSubmit={begin} />
        {start.error && <ProblemNotice problem={problemOf(start.error)} />}
      </Dialog>
    </li>
  );
}

function VarsForm({ scenario, onSubmit }: { scenario: Scenario; onSubmit: (vars: Record<string, string>) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    onSubmit(Object.fromEntries(scenario.vars.map((v) => [v.name, String(form.get(v.name) ?? v.default ?? "")])));
  };
  return (
    <form onSubmit={submit}>
      <p className="mb-4 text-muted">{scenario.partnerName} will use these. Please do not use real full names.</p>
      {scenario.vars.map((v) =>
        v.values ? (
          <SelectField key={v.name} name={v.name} label={v.label} defaultValue={v.default}>
            {v.values.map((value) => (
              <option key={value}>{value}</option>
            ))}
          </SelectField>
        ) : (
          <TextField
            key={v.name}
            name={v.name}
            label={v.label}
            defaultValue={v.default}
            maxLength={v.maxChars}
            required
          />
        ),
      )}
      <Button type="submit" look="primary" className="w-full">
        Start
      </Button>
    </form>
  );
}
