// Invitations that no participant has opened yet.
import { Link } from "react-router";
import type { WaitingEntry } from "../../../api/staff/types";
import { paths } from "../../../paths";
import { researchPaths } from "../../../research-paths";
import { Card } from "../../../ui/Card";
import { Time } from "../../../ui/staff/Time";
import { onDay } from "../../../ui/times";
import { personName } from "../people";

const SHOWN = 6;

export function WaitingList({ entries, total }: { entries: readonly WaitingEntry[]; total: number }) {
  return (
    <Card title="Waiting invitations">
      {entries.length === 0 && <p className="text-muted">No invitations are waiting.</p>}
      <ul className="divide-y divide-line">
        {entries.slice(0, SHOWN).map((e) => (
          <li key={e.invitationId} className="py-2 first:pt-0">
            <Link to={researchPaths.invitation(e.invitationId)} dir="auto" className="font-medium wrap-anywhere">
              {e.label}
            </Link>
            <p className="text-sm text-muted">
              {`By ${personName(e.createdBy)}, `}
              <Time iso={e.createdAt} />
              {e.expiresAt && `, expires ${onDay(e.expiresAt)}`}
            </p>
          </li>
        ))}
      </ul>
      {total > SHOWN && (
        <Link to={`${paths.invitations()}?status=open`} className="mt-2 inline-flex min-h-10 items-center underline">
          {`Show all ${total}`}
        </Link>
      )}
    </Card>
  );
}
