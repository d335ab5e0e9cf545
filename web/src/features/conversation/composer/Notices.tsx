// What the writer should know before the next line: no connection, few turns left, what the host refused.
import { WifiOff } from "lucide-react";
import { useLocation } from "react-router";
import { turnsWarning } from "../../../live/conversation-view";
import type { Snapshot } from "../../../live/live-conversation";
import { useConversation } from "../../../live/use-conversation";
import { SignInAgain } from "../LostAccess";

export function Notices({ hint }: { hint: string }) {
  const lost = useConversation((s) => s.net === "lost");
  const signedOut = useConversation((s) => s.ending === "login");
  const words = useConversation(notice);
  const here = useLocation().pathname;
  return (
    <div role="status">
      {signedOut ? (
        <p className="mb-2 rounded-lg bg-coach-bg px-3 py-2 text-sm text-coach-ink">
          You are signed out; what you wrote is kept. <SignInAgain next={here} className="underline" />
        </p>
      ) : (
        lost && (
          <p className="mb-2 flex items-center gap-2 rounded-lg bg-coach-bg px-3 py-2 text-sm text-coach-ink">
            <WifiOff aria-hidden className="size-4 shrink-0" /> Connection lost. Trying again, your draft is kept.
          </p>
        )
      )}
      {(hint || words) && <p className="mb-1.5 px-1 text-sm">{hint || words}</p>}
    </div>
  );
}

const notice = (s: Snapshot): string =>
  s.fault && s.fault.lane === undefined ? s.fault.error : turnsWarning(s.turnsLeft);
