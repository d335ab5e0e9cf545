// The conversations of an invitation without their words, each with a button to watch or review it.
import { Eye } from "lucide-react";
import { Link, useSearchParams } from "react-router";
import type { Schemas } from "../../../api/client";
import { buttonLook } from "../../../ui/Button";
import { turnCount } from "../../../ui/turns";
import { ends, fromTo } from "../conversation-text";

export function ConversationList({ conversations }: { conversations: readonly Schemas["Conversation"][] }) {
  return (
    <section aria-label="Conversations" className="overflow-y-auto p-4">
      <h2 className="font-semibold">Conversations</h2>
      <p className="mb-3 text-sm text-muted">The audit log records when you watch or review a conversation.</p>
      <ul className="divide-y divide-line">
        {conversations.map((c) => (
          <Item key={c.id} conversation={c} />
        ))}
      </ul>
    </section>
  );
}

function Item({ conversation: c }: { conversation: Schemas["Conversation"] }) {
  const [query] = useSearchParams();
  const open = c.state === "open";
  const facts = [c.partnerName && `With ${c.partnerName}`, turnCount(c.turn.turn), fromTo(c)].filter(Boolean);
  const to = new URLSearchParams(query);
  to.set("watch", c.id);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 last:pb-0">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-baseline gap-x-3">
          <span className="min-w-0 font-medium wrap-anywhere" dir="auto">
            {c.title}
          </span>
          <span className={`text-sm ${open ? "text-ok" : "text-muted"}`}>{ends(c)}</span>
        </p>
        <p className="text-sm text-muted" dir="auto">
          {facts.join(", ")}
        </p>
      </div>
      {!c.erasedAt && (
        <Link
          to={`?${to}`}
          replace
          aria-label={`${open ? "Watch" : "Review"} ${c.title}, ${fromTo(c)}`}
          className={buttonLook(open ? "act" : "tool")}
        >
          <Eye aria-hidden className="size-4" />
          {open ? "Watch" : "Review"}
        </Link>
      )}
    </li>
  );
}
