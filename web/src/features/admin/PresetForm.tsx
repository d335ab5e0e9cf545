// Creates or edits a preset.
import { type FormEvent, useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { Button } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { sentence } from "../../ui/sentence";
import { useEstimate } from "../../ui/staff/use-estimate";
import { useFormErrors } from "../../ui/use-form-errors";

type Props = { preset: Schemas["QuotaPreset"] | undefined; onDone: () => void };

export function PresetForm({ preset, onDone }: Props) {
  const [count, setCount] = useState(String(preset?.tokens ?? ""));
  const estimate = useEstimate(Number(count));
  const onSuccess = async () => {
    await queryClient.invalidateQueries(queries.presets());
    onDone();
  };
  const create = $api.useMutation("post", "/api/quota-presets", { onSuccess });
  const write = $api.useMutation("put", "/api/quota-presets/{id}", { onSuccess });
  const busy = create.isPending || write.isPending;
  const errors = useFormErrors(create.error ?? write.error);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (busy || !errors.check()) return;
    const form = new FormData(event.currentTarget);
    const body = { label: String(form.get("label") ?? "").trim(), tokens: Number(count) };
    if (preset) write.mutate({ params: { path: { id: preset.id } }, body });
    else create.mutate({ body });
  };
  return (
    <form {...errors.form} onSubmit={submit}>
      <TextField
        name="label"
        label="Label"
        defaultValue={preset?.label}
        required
        missing="Enter a label, such as “Three conversations”."
        maxChars={80}
        error={errors.of("label")}
      />
      <TextField
        name="tokens"
        type="number"
        inputMode="numeric"
        label="Tokens"
        required
        missing="Enter a number of tokens."
        min={0}
        step={1}
        value={count}
        onChange={(event) => setCount(event.target.value)}
        hint={
          preset?.allowance && Number(count) === 0
            ? "With 0, people without an invitation can't start a conversation."
            : sentence(estimate ?? "")
        }
        error={errors.of("tokens")}
      />
      {errors.general && <ProblemNotice problem={errors.general} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="act" aria-disabled={busy}>
          {preset ? "Save changes" : "Add preset"}
        </Button>
        <Button look="tool" onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
