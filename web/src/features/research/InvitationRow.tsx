// One invitation in the list; the whole row is the link.
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../paths";
import { Cell, Row, RowName } from "../../ui/staff/Table";
import { onDay } from "../../ui/times";
import { StatusBadge } from "./StatusBadge";
import { statusOf } from "./status";
import { TokenUse } from "./TokenUse";

export function InvitationRow({ invitation: i }: { invitation: Schemas["Invitation"] }) {
  return (
    <Row>
      <RowName>
        <Link to={paths.invitation(i.id)} className="after:absolute after:inset-0">
          {i.label}
        </Link>
      </RowName>
      <Cell>
        <StatusBadge status={statusOf(i)} />
      </Cell>
      <Cell>
        <TokenUse invitation={i} />
      </Cell>
      <Cell name="Created" className="text-muted">
        {onDay(i.createdAt)}
      </Cell>
      <Cell name="Expires" className="text-muted">
        {i.expiresAt ? onDay(i.expiresAt) : "never"}
      </Cell>
    </Row>
  );
}
