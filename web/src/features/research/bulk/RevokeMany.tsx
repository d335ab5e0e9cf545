// Revokes the selected invitations after a confirmation that names them.
import { ConfirmDialog } from "../../../ui/staff/ConfirmDialog";
import { countOf, type ManyProps, useBulk } from "./use-bulk";

const NAMED = 8;

export function RevokeMany({ open, chosen, onClose, onDone }: ManyProps) {
  const revoke = useBulk((n) => `${countOf(n)} revoked.`, chosen, onDone);
  const more = chosen.length - NAMED;
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Revoke ${countOf(chosen.length)}?`}
      confirmLabel={`Revoke ${countOf(chosen.length)}`}
      look="danger"
      mutation={revoke}
      onConfirm={() => revoke.mutate({ act: "revoke" })}
    >
      <ul className="list-disc ps-5">
        {chosen.slice(0, NAMED).map(({ id, label }) => (
          <li key={id} dir="auto" className="wrap-anywhere">
            {label}
          </li>
        ))}
        {more > 0 && <li>{`and ${more} more`}</li>}
      </ul>
      <p>
        Their links and codes stop working. Participants can still read their conversations but can't continue them or
        start new ones; replies in progress are completed. This can't be undone.
      </p>
    </ConfirmDialog>
  );
}
