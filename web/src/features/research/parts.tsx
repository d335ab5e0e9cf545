// The state and the use of an invitation, as list and detail both show them.
import type { Schemas } from "../../api/client";
import { Meter } from "../../ui/Meter";
import { statusOf, statusWords } from "./status";

type Invitation = Schemas["Invitation"];
const number = new Intl.NumberFormat();

export function StateBadge({ invitation: i }: { invitation: Invitation }) {
  const status = statusOf(i);
  if (status === "live")
    return (
      <span className="inline-flex items-center gap-2 rounded-full border border-live md:whitespace-nowrap px-2.5 py-0.5 text-sm text-live">
        <span aria-hidden className="pulse-dot size-2 rounded-full bg-live" /> {statusWords.live}
      </span>
    );
  return (
    <span className="inline-block rounded-full border border-line md:whitespace-nowrap px-2.5 py-0.5 text-sm text-muted">
      {statusWords[status]}
    </span>
  );
}

export function TokenUse({ invitation: i }: { invitation: Invitation }) {
  const text = `${number.format(i.tokensUsed)} of ${number.format(i.tokenQuota)} tokens`;
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 text-sm text-muted">
      {text}
      <Meter share={i.tokenQuota === 0 ? 1 : i.tokensUsed / i.tokenQuota} />
    </span>
  );
}
