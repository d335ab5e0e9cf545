// How much an invitation may spend: a preset's number, or another one.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { RadioField, TextField } from "../../ui/Field";
import { sentence } from "../../ui/sentence";
import { tokens } from "../../ui/staff/tokens";
import { aTurnTakes, inTurns, type TurnCost, tooSmall } from "./turn-cost";

const OTHER = "other";

type Props = { cost: TurnCost; error: string | undefined };

export function QuotaChoice({ cost, error }: Props) {
  const presets = useQuery(queries.presets());
  // Until the presets are there nothing is chosen, so that what is shown is what is sent. Without any, a number does.
  if (presets.isPending) return <div className="h-56" />;
  return (
    <Choices presets={presets.data?.items.filter((preset) => !preset.allowance) ?? []} cost={cost} error={error} />
  );
}

function Choices({ presets, cost, error }: Props & { presets: Schemas["QuotaPreset"][] }) {
  const middle = presets[Math.floor((presets.length - 1) / 2)];
  const [chosen, choose] = useState(middle?.id ?? OTHER);
  const [other, setOther] = useState("");
  const count = Number(other);
  return (
    <fieldset className="mb-4">
      <legend className="font-medium">How much</legend>
      {chosen === OTHER ? (
        <input type="hidden" name="tokens" value={other} />
      ) : (
        <input type="hidden" name="preset" value={chosen} />
      )}
      {presets.map((preset) => (
        <RadioField
          key={preset.id}
          name="quota"
          checked={chosen === preset.id}
          onChange={() => choose(preset.id)}
          label={
            <>
              {preset.label}{" "}
              <span className="text-muted">
                {inTurns(preset.tokens, cost)}, {tokens(preset.tokens)}
              </span>
            </>
          }
        />
      ))}
      <RadioField
        name="quota"
        checked={chosen === OTHER}
        onChange={() => choose(OTHER)}
        label="Another number of tokens"
      />
      {chosen === OTHER && (
        <TextField
          label="Tokens"
          type="number"
          inputMode="numeric"
          required
          min={cost.least}
          step={1}
          value={other}
          onChange={(event) => setOther(event.target.value)}
          hint={count > 0 ? sentence(inTurns(count, cost)) : aTurnTakes(cost)}
          error={tooSmall(count, cost) ?? error}
        />
      )}
      {chosen !== OTHER && error && <p className="text-sm text-danger">{sentence(error)}</p>}
    </fieldset>
  );
}

/** What was chosen. The host copies a preset's number: a preset that changes later does not reach the invitation. */
export function quotaIn(form: FormData): Pick<Schemas["NewInvitation"], "presetId" | "tokenQuota"> {
  const presetId = form.get("preset");
  return typeof presetId === "string" ? { presetId } : { tokenQuota: Number(form.get("tokens")) };
}
