// Removes a preset after a confirmation that names it.
import { useState } from "react";
import { $api, type Schemas } from "../../api/client";
import { queries, queryClient } from "../../api/queries";
import { announce } from "../../ui/announce";
import { Button } from "../../ui/Button";
import { ConfirmDialog } from "../../ui/staff/ConfirmDialog";

export function RemovePreset({ preset }: { preset: Schemas["QuotaPreset"] }) {
  const [asking, setAsking] = useState(false);
  const remove = $api.useMutation("delete", "/api/quota-presets/{id}", {
    onSuccess: async () => {
      await queryClient.invalidateQueries(queries.presets());
      // The focused button is removed along with its row.
      document.querySelector("h1")?.focus();
      announce(`Preset ${preset.label} removed.`);
    },
  });
  return (
    <>
      <Button look="tool" className="text-danger" onClick={() => setAsking(true)} aria-label={`Remove ${preset.label}`}>
        Remove
      </Button>
      <ConfirmDialog
        open={asking}
        onClose={() => setAsking(false)}
        title={`Remove the preset “${preset.label}”?`}
        confirmLabel="Remove preset"
        look="danger"
        mutation={remove}
        onConfirm={() => remove.mutate({ params: { path: { id: preset.id } } })}
      >
        <p>Researchers can't choose it anymore. Existing invitations keep their quota.</p>
      </ConfirmDialog>
    </>
  );
}
