// An invitation's token usage. The bar comes first, so that the bars in a list line up.
import type { Schemas } from "../../api/client";
import { Meter } from "../../ui/Meter";

const number = new Intl.NumberFormat();

export function TokenUsage({ invitation: i }: { invitation: Schemas["Invitation"] }) {
  return (
    <span className="inline-flex flex-wrap items-center gap-x-2 text-sm text-muted tabular-nums">
      <Meter share={i.tokenQuota === 0 ? 1 : i.tokensUsed / i.tokenQuota} />
      {`${number.format(i.tokensUsed)} of ${number.format(i.tokenQuota)} tokens`}
    </span>
  );
}
