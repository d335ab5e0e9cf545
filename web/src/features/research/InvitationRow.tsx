// One invitation in the list. A table row on a wide screen, a card on a narrow one.
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../paths";
import { onDay } from "../../ui/times";
import { StateBadge, TokenUse } from "./parts";

export function InvitationRow({ invitation: i }: { invitation: Schemas["Invitation"] }) {
  const cell = "md:border-t md:border-line md:px-3 md:py-3 max-md:block max-md:py-0.5";
  return (
    <tr className="relative hover:bg-surface max-md:mb-3 max-md:block max-md:rounded-2xl max-md:border max-md:border-line max-md:bg-raised max-md:p-4">
      <th scope="row" className={`${cell} font-semibold`}>
        <Link to={paths.invitation(i.id)} className="after:absolute after:inset-0">
          {i.label}
        </Link>
      </th>
      <td className={cell}>
        <StateBadge invitation={i} />
      </td>
      <td className={cell}>
        <TokenUse invitation={i} />
      </td>
      <td className={`${cell} text-muted`}>
        <span className="md:sr-only">Created </span>
        {onDay(i.createdAt)}
      </td>
      <td className={`${cell} text-muted`}>
        <span className="md:sr-only">Expires </span>
        {i.expiresAt ? onDay(i.expiresAt) : "never"}
      </td>
    </tr>
  );
}
