// Scrolls to the newest message and shows how many arrived in the meantime.
import { ArrowDown } from "lucide-react";
import { inScene } from "../../../live/conversation-view";
import { useConversation } from "../../../live/use-conversation";

type Props = { after: number; onPress: () => void };

export function LatestButton({ after, onPress }: Props) {
  const unread = useConversation((s) => s.rows.filter((row) => row.id > after && inScene(row)).length);
  return (
    <button
      type="button"
      onClick={onPress}
      className="rise absolute bottom-3 left-1/2 flex min-h-[44px] -translate-x-1/2 items-center gap-1.5 rounded-full border border-line bg-raised px-4 text-sm font-medium whitespace-nowrap shadow-raise"
    >
      <ArrowDown aria-hidden className="size-4" />
      <span>{unread > 0 ? `Latest, ${unread} new` : "Latest"}</span>
    </button>
  );
}
