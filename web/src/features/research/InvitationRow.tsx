// One invitation in the list. The whole row is a link, except for the button that copies the participant's link.
import { Check, Copy } from "lucide-react";
import { memo, useState } from "react";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { researchPaths } from "../../research-paths";
import { announce } from "../../ui/announce";
import { IconButton } from "../../ui/Button";
import { copyText } from "../../ui/copy-text";
import { Cell, RowName, TableRow } from "../../ui/staff/Table";
import { onDay } from "../../ui/times";
import { linkOf } from "./invitation-status";
import { StatusBadge } from "./StatusBadge";
import { TokenUsage } from "./TokenUsage";

type Props = {
  invitation: Schemas["Invitation"];
  selected: boolean;
  /** `range`: from the row that was selected last to this one. */
  onSelect: (invitation: Schemas["Invitation"], range: boolean) => void;
};

/** Memoized, so that selecting one of hundreds of rows renders only that one. */
export const InvitationRow = memo(function InvitationRow({ invitation: i, selected, onSelect }: Props) {
  const url = linkOf(i);
  return (
    <TableRow>
      <RowName>
        <span className="flex items-start gap-1">
          <label className="relative z-10 -my-2 -ms-2.5 grid size-10 shrink-0 place-items-center">
            <input
              type="checkbox"
              aria-label={`Select ${i.label}`}
              checked={selected}
              onChange={({ nativeEvent }) => onSelect(i, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)}
              className="size-4.5 accent-brand"
            />
          </label>
          <Link to={researchPaths.invitation(i.id)} dir="auto" className="min-w-0 after:absolute after:inset-0">
            {i.label}
          </Link>
        </span>
      </RowName>
      <Cell>
        <StatusBadge status={i.status} />
      </Cell>
      <Cell>
        <TokenUsage invitation={i} />
      </Cell>
      <Cell name="Created" className="text-muted @3xl:whitespace-nowrap">
        {onDay(i.createdAt)}
      </Cell>
      <Cell name="Expires" className="text-muted @3xl:whitespace-nowrap">
        {i.expiresAt ? onDay(i.expiresAt) : "never"}
      </Cell>
      <Cell>{url && <CopyLink label={i.label} url={url} />}</Cell>
    </TableRow>
  );
});

function CopyLink({ label, url }: { label: string; url: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    const done = await copyText(url);
    setCopied(done);
    announce(done ? "Link copied." : "Your browser blocks copying. Open the invitation to see its link.");
  };
  const Icon = copied ? Check : Copy;
  return (
    <IconButton label={`Copy the link of ${label}`} className="relative z-10 -my-2" onClick={copy}>
      <Icon aria-hidden className="size-4" />
    </IconButton>
  );
}
