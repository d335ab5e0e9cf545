// Creates a preset, or changes one.
import { type FormEvent, useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { refusedFields } from "../../api/fields";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { aTurnTakes, inTurns, type TurnCost, tooSmall, useTurnCost } from "../research/turn-cost";

type Props = { preset: Schemas["QuotaPreset"] | undefined; onDone: () => void };

export function PresetForm({ preset, onDone }: Props) {
  const [count, setCount] = useState(String(preset?.tokens ?? ""));
  const cost = useTurnCost();
  const onSuccess = async () => {
    await queryClient.invalidateQueries(queries.presets());
    onDone();
  };
  const make = $api.useMutation("post", "/api/quota-presets", { onSuccess });
  const write = $api.useMutation("put", "/api/quota-presets/{id}", { onSuccess });
  const busy = make.isPending || write.isPending;
  const refused = refusedFields(make.error ?? write.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy) return;
    const form = new FormData(event.currentTarget);
    const body = { label: String(form.get("label") ?? "").trim(), tokens: Number(count) };
    if (preset) write.mutate({ params: { path: { id: preset.id } }, body });
    else make.mutate({ body });
  };
  return (
    <form onSubmit={submit}>
      <TextField name="label" label="Label" defaultValue={preset?.label} error={refused.of("label")} />
      <TextField
        name="tokens"
        type="number"
        inputMode="numeric"
        label="Tokens"
        required
        min={0}
        step={1}
        value={count}
        onChange={(event) => setCount(event.target.value)}
        hint={hint(Number(count), preset?.allowance ?? false, cost)}
        error={tooSmall(Number(count), cost) ?? refused.of("tokens")}
      />
      {refused.whole && <ProblemNotice problem={refused.whole} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="act" aria-disabled={busy}>
          {preset ? "Save" : "Add"}
        </Button>
        <Button look="tool" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function hint(count: number, allowance: boolean, cost: TurnCost): string {
  if (count > 0) return `${inTurns(count, cost)} of partner and coach together`.replace(/^./, (c) => c.toUpperCase());
  return allowance ? "0 means that people without an invitation can't start a conversation." : aTurnTakes(cost);
}
