// One of the participant's conversations. The whole row is a link.
import { ChevronRight } from "lucide-react";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { paths } from "../../paths";
import { Avatar } from "../../ui/Bubble";
import { when } from "../../ui/times";
import { turnCount } from "../../ui/turns";

export function ConversationRow({ conversation: c }: { conversation: Schemas["Conversation"] }) {
  return (
    <li>
      <Link
        to={paths.conversation(c.id)}
        className="flex min-h-16 items-center gap-3 rounded-2xl border border-line bg-raised px-4 py-3 hover:border-brand"
      >
        <Avatar name={c.partnerName} />
        <span className="min-w-0 flex-1 wrap-anywhere">
          <span className="block font-semibold" dir="auto">
            {c.partnerName}
          </span>
          <span className="block text-sm text-muted" dir="auto">
            {c.title}
          </span>
          <span className="block text-sm text-muted">
            {`${turnCount(c.turn.turn)}, ${c.endedAt ? `ended ${when(c.endedAt)}` : `started ${when(c.createdAt)}`}`}
          </span>
        </span>
        <ChevronRight aria-hidden className="size-5 shrink-0 text-muted" />
      </Link>
    </li>
  );
}
