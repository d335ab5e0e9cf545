// Removes a preset, after asking once more by its label.
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { Question } from "../../ui/staff/Question";

export function RemovePreset({ preset }: { preset: Schemas["QuotaPreset"] }) {
  const [asking, setAsking] = useState(false);
  const remove = $api.useMutation("delete", "/api/quota-presets/{id}", {
    onSuccess: async () => {
      await queryClient.invalidateQueries(queries.presets());
      // The button that was pressed went with the row.
      document.querySelector("h1")?.focus();
      announce(`The preset ${preset.label} is removed.`);
    },
  });
  return (
    <>
      <Button look="tool" className="text-danger" onClick={() => setAsking(true)} aria-label={`Remove ${preset.label}`}>
        Remove
      </Button>
      <Question
        open={asking}
        onClose={() => setAsking(false)}
        title={`Remove the preset “${preset.label}”?`}
        yes="Remove it"
        no="Keep it"
        look="danger"
        asked={remove}
        onYes={() => remove.mutate({ params: { path: { id: preset.id } } })}
      >
        <p>Nobody can choose it any more. Invitations that were made from it keep their number.</p>
      </Question>
    </>
  );
}
