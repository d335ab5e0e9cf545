// One invitation in the list. The whole row is a link, except for the button that copies the participant's link.
import { Check, Copy } from "lucide-react";
import { useState } from "react";
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

export function InvitationRow({ invitation: i }: { invitation: Schemas["Invitation"] }) {
  const url = linkOf(i);
  return (
    <TableRow>
      <RowName>
        <Link to={researchPaths.invitation(i.id)} dir="auto" className="after:absolute after:inset-0">
          {i.label}
        </Link>
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
}

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
