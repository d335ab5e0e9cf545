// Whose turn it is: above the message box, or in the header if there is little height.
import { activity } from "../../../live/conversation-view";
import type { Snapshot } from "../../../live/live-conversation";
import { useConversation } from "../../../live/use-conversation";
import { useScene } from "../scene";
import { activityWords } from "../status-text";

const state = (s: Snapshot) =>
  s.ended !== null ? "ended" : s.net === "offline" ? "offline" : s.net === "lost" ? "lost" : activity(s);

export function TurnStatus({ id, className = "" }: { id?: string; className?: string }) {
  const { name } = useScene();
  const now = useConversation(state);
  const words =
    now === "ended"
      ? "Ended"
      : now === "offline"
        ? "Offline"
        : now === "lost"
          ? "Reconnecting"
          : activityWords(now, name);
  const look =
    now === "yours" || now === "failed"
      ? "font-semibold text-ink"
      : now === "replying"
        ? "font-medium text-brand"
        : now === "ended" || now === "offline" || now === "lost"
          ? "text-muted"
          : "font-medium text-coach-muted";
  return (
    <p className={`flex min-w-0 items-center gap-1.5 ${look} ${className}`}>
      {now === "yours" && (
        <span aria-hidden className="size-2 shrink-0 rounded-full bg-ok forced-colors:bg-[Highlight]" />
      )}
      <span id={id} className="truncate">
        {words}
      </span>
    </p>
  );
}
