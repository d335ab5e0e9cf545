// The form for the details that a scenario asks for before it starts.
import type { FormEvent } from "react";
import type { Schemas } from "../../api/client";
import { Button } from "../../ui/Button";
import { SelectField, TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { useFormErrors } from "../../ui/use-form-errors";
import type { Starting } from "./use-start";

type Props = { scenario: Schemas["Scenario"]; start: Starting };

export function StartForm({ scenario, start }: Props) {
  const errors = useFormErrors(start.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (errors.check())
      start.begin(Object.fromEntries(scenario.vars.map((v) => [v.name, String(form.get(v.name) ?? v.default ?? "")])));
  };
  return (
    <form {...errors.form} onSubmit={submit}>
      {scenario.vars.length > 0 && (
        <p className="mb-4 text-muted">
          {`These details shape how ${scenario.partnerName} talks to you. Please don't use real full names.`}
        </p>
      )}
      {scenario.vars.map((v) => (
        <VarField key={v.name} variable={v} error={errors.of(v.name) ?? errors.of(`vars.${v.name}`)} />
      ))}
      {errors.general && <ProblemNotice problem={errors.general} />}
      <Button type="submit" look="primary" className="w-full" aria-disabled={start.isPending}>
        {start.isPending ? "Starting" : "Start"}
      </Button>
    </form>
  );
}

const kinds = {
  text: { inputMode: "text", wanted: "isn't in the expected format" },
  integer: { inputMode: "numeric", wanted: "must be a whole number" },
  number: { inputMode: "decimal", wanted: "must be a number" },
  boolean: { inputMode: "text", wanted: "must be true or false" },
} as const;

type VarProps = { variable: Schemas["ScenarioVar"]; error: string | undefined };

function VarField({ variable: v, error }: VarProps) {
  const shared = { name: v.name, label: <span dir="auto">{v.label}</span>, defaultValue: v.default, error };
  if (v.values)
    return (
      <SelectField {...shared}>
        {v.values.map((value) => (
          <option key={value}>{value}</option>
        ))}
      </SelectField>
    );
  const kind = kinds[v.type];
  return (
    <TextField
      {...shared}
      inputMode={kind.inputMode}
      pattern={v.pattern}
      maxChars={v.maxChars}
      required
      missing={`Please fill in “${v.label}”.`}
      wanted={`“${v.label}” ${kind.wanted}.`}
    />
  );
}
