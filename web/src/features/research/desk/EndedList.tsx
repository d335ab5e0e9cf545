// Conversations that ended in the last days.
import { Link } from "react-router";
import type { EndedEntry } from "../../../api/staff/types";
import { researchPaths } from "../../../research-paths";
import { Card } from "../../../ui/Card";
import { Time } from "../../../ui/staff/Time";
import { turnCount } from "../../../ui/turns";
import { endReasonText } from "../conversation-text";

export function EndedList({ entries }: { entries: readonly EndedEntry[] }) {
  return (
    <Card title="Recently ended">
      {entries.length === 0 && <p className="text-muted">No conversation has ended in the last 7 days.</p>}
      <ul className="divide-y divide-line">
        {entries.map((e) => (
          <li
            key={e.conversationId}
            className="flex flex-wrap items-center justify-between gap-x-4 py-2.5 first:pt-0 last:pb-0"
          >
            <div className="min-w-0 flex-1 basis-60">
              <Link
                to={
                  e.invitationId
                    ? researchPaths.invitation(e.invitationId)
                    : researchPaths.conversation(e.conversationId)
                }
                dir="auto"
                className="font-medium wrap-anywhere"
              >
                {e.label}
              </Link>
              <p className="text-sm text-muted">
                {[endReasonText(e.endReason), turnCount(e.turns), e.partnerName && `with ${e.partnerName}`]
                  .filter(Boolean)
                  .join(", ")}
                {e.endedAt && (
                  <>
                    {", "}
                    <Time iso={e.endedAt} />
                  </>
                )}
              </p>
            </div>
            {e.endReason !== "erased" && (
              <Link
                to={researchPaths.conversation(e.conversationId)}
                aria-label={`Review ${e.label}`}
                className="inline-flex min-h-10 items-center underline"
              >
                Review
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
