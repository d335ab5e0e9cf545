// What the writer should know before the next line: no connection, few turns left, what the host refused.
import { WifiOff } from "lucide-react";
import type { Snapshot } from "../../../live/live-conversation";
import { useConversation } from "../../../live/use-conversation";

export function Notices({ hint }: { hint: string }) {
  const lost = useConversation((s) => s.net === "lost");
  const words = useConversation(notice);
  return (
    <div role="status">
      {lost && (
        <p className="mb-2 flex items-center gap-2 rounded-lg bg-coach-bg px-3 py-2 text-sm text-coach-ink">
          <WifiOff aria-hidden className="size-4 shrink-0" /> Connection lost. Trying again, your draft is kept.
        </p>
      )}
      {(hint || words) && <p className="mb-1.5 px-1 text-sm">{hint || words}</p>}
    </div>
  );
}

function notice(s: Snapshot): string {
  if (s.fault && s.fault.lane === undefined) return s.fault.error;
  if (s.turnsLeft === 1) return "One turn is left.";
  if (s.turnsLeft === 5) return "Five turns are left.";
  return "";
}
