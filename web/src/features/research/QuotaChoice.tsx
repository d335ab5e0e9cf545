// An invitation's token quota: a preset or another number, with an estimate in conversations.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schemas } from "../../api/client";
import { queries } from "../../api/queries";
import { RadioField, TextField } from "../../ui/Field";
import { sentence } from "../../ui/sentence";
import { inConversations } from "../../ui/staff/estimate";
import { tokens } from "../../ui/staff/tokens";
import { withoutEmpty } from "../../ui/staff/url-state";
import type { Preview } from "./use-preview";

const OTHER = "other";

type Props = { preview: Preview; error: string | undefined };

export function QuotaChoice({ preview, error }: Props) {
  const { scenario, coach } = preview.wanted;
  const presets = useQuery({
    ...queries.presets(withoutEmpty({ scenario, coach })),
    placeholderData: keepPreviousData,
  });
  // Nothing is selected until the presets have loaded, so that the form sends what it shows. Without presets, a number.
  if (presets.isPending) return <div className="h-56" />;
  const items = presets.data?.items.filter((preset) => !preset.allowance) ?? [];
  return <Choices presets={items} estimate={preview.data?.estimate} error={error} />;
}

type ChoicesProps = {
  presets: Schemas["QuotaPreset"][];
  estimate: Schemas["Estimate"] | undefined;
  error: string | undefined;
};

function Choices({ presets, estimate, error }: ChoicesProps) {
  const middle = presets[Math.floor((presets.length - 1) / 2)];
  const [chosen, choose] = useState(middle?.id ?? OTHER);
  return (
    <fieldset className="mb-4 min-w-0 wrap-anywhere">
      <legend className="sr-only">How much can they talk?</legend>
      {presets.map((preset) => (
        <RadioField
          key={preset.id}
          name="quota"
          value={preset.id}
          checked={chosen === preset.id}
          onChange={() => choose(preset.id)}
          label={
            <>
              <span className="block">{preset.label}</span>
              <span className="block text-sm text-muted">
                {[inConversations(preset.estimate), tokens(preset.tokens)].filter(Boolean).join(", ")}
              </span>
            </>
          }
        />
      ))}
      <RadioField
        name="quota"
        value={OTHER}
        checked={chosen === OTHER}
        onChange={() => choose(OTHER)}
        label="Another number of tokens"
      />
      {chosen === OTHER && (
        <TextField
          name="tokens"
          label="Tokens"
          type="number"
          inputMode="numeric"
          required
          missing="Enter a number of tokens."
          min={1}
          step={1}
          hint={sentence(inConversations(estimate) ?? "")}
          error={error}
        />
      )}
      {chosen !== OTHER && error && <p className="text-sm text-danger">{sentence(error)}</p>}
    </fieldset>
  );
}

/** Returns the choice. The host copies a preset's number, so changing the preset later doesn't affect the invitation. */
export function quotaIn(form: FormData): Pick<Schemas["NewInvitation"], "presetId" | "tokenQuota"> {
  const chosen = form.get("quota");
  return typeof chosen === "string" && chosen !== OTHER
    ? { presetId: chosen }
    : { tokenQuota: Number(form.get("tokens")) };
}
