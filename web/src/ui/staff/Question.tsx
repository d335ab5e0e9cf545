// A question before an important action. It names the object, and shows there why the action failed.
import type { ReactNode } from "react";
import { problemOf } from "../../api/client";
import { Button } from "../Button";
import { Dialog } from "../Dialog";
import { ProblemNotice } from "../ProblemNotice";

type Asked = { isPending: boolean; error: unknown; reset: () => void };

type Props = {
  open: boolean;
  onClose: () => void;
  title: string;
  /** The words on the buttons. */
  yes: string;
  no: string;
  look?: "act" | "danger";
  asked: Asked;
  onYes: () => void;
  children: ReactNode;
};

export function Question({ open, onClose, title, yes, no, look = "act", asked, onYes, children }: Props) {
  const close = () => {
    asked.reset();
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} title={title}>
      <div className="mb-4 space-y-2">{children}</div>
      {asked.error !== null && asked.error !== undefined && <ProblemNotice problem={problemOf(asked.error)} />}
      <div className="flex flex-wrap gap-3">
        <Button look={look} aria-disabled={asked.isPending} onClick={() => asked.isPending || onYes()}>
          {yes}
        </Button>
        <Button look={look === "danger" ? "plain" : "tool"} onClick={close}>
          {no}
        </Button>
      </div>
    </Dialog>
  );
}
