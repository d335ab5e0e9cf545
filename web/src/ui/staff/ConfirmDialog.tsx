// Asks for confirmation before an important action, and shows an error there if the action fails.
import type { ReactNode } from "react";
import { problemOf } from "../../api/client";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { ProblemNotice } from "../ProblemNotice";

type PendingMutation = { isPending: boolean; error: unknown; reset: () => void };

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  /** The text of the button that runs the action. */
  confirmLabel: string;
  look?: "act" | "danger";
  mutation: PendingMutation;
  onConfirm: () => void;
  children: ReactNode;
};

export function ConfirmDialog({
  open,
  onClose,
  title,
  confirmLabel,
  look = "act",
  mutation,
  onConfirm,
  children,
}: Props) {
  const close = () => {
    mutation.reset();
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} title={title}>
      <div className="mb-4 space-y-2">{children}</div>
      {mutation.error !== null && mutation.error !== undefined && <ProblemNotice problem={problemOf(mutation.error)} />}
      <div className="flex flex-wrap gap-3">
        <Button look={look} aria-disabled={mutation.isPending} onClick={() => mutation.isPending || onConfirm()}>
          {confirmLabel}
        </Button>
        <Button look={look === "danger" ? "plain" : "tool"} onClick={close}>
          Cancel
        </Button>
      </div>
    </Dialog>
  );
}
