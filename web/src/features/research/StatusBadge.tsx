// The status of an invitation: text with its own shape and color, so that a long list is easy to scan.
import { Ban, CircleCheck, CircleDashed, CircleSlash, Clock, type LucideIcon } from "lucide-react";
import { type Status, statusWords } from "./invitation-status";

const looks: Record<Exclude<Status, "live">, { Icon: LucideIcon; color: string }> = {
  open: { Icon: CircleDashed, color: "border-brand/60 text-brand" },
  claimed: { Icon: CircleCheck, color: "border-ok/60 text-ok" },
  used_up: { Icon: CircleSlash, color: "border-control bg-line text-ink" },
  expired: { Icon: Clock, color: "border-line text-muted" },
  revoked: { Icon: Ban, color: "border-danger/60 text-danger" },
};

const pill = "inline-flex items-center gap-1.5 rounded-full border px-2.5 py-0.5 text-sm @3xl:whitespace-nowrap";

type Props = { status: Status /** The turn of a live conversation. */; turn?: number };

export function StatusBadge({ status, turn }: Props) {
  if (status === "live")
    return (
      <span className={`${pill} border-live text-live`}>
        <span aria-hidden className="pulse-dot size-2 rounded-full bg-live" />{" "}
        <span>{turn === undefined ? statusWords.live : `Live, turn ${turn}`}</span>
      </span>
    );
  const { Icon, color } = looks[status];
  return (
    <span className={`${pill} ${color}`}>
      <Icon aria-hidden className="size-3.5 shrink-0" /> <span>{statusWords[status]}</span>
    </span>
  );
}
