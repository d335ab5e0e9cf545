// Notices above the message box: lost connection, few turns left, errors from the host.
import { LoaderCircle, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { useLocation } from "react-router";
import { turnsWarning } from "../../../live/conversation-view";
import { isDisconnected } from "../../../live/live-conversation";
import { useConversation } from "../../../live/use-conversation";
import { SignInAgain } from "../SignInAgain";
import { useScene } from "../scene";
import { noticeWords } from "../status-text";

export function ComposerNotices({ hint }: { hint: string }) {
  const { observed } = useScene();
  const cutOff = useConversation(isDisconnected);
  const offline = useConversation((s) => s.net === "offline");
  const signedOut = useConversation((s) => s.ending === "login");
  const delayed = useConversation((s) => s.savingDelayed);
  const fault = useConversation((s) => noticeWords(s.fault));
  const warning = useConversation((s) => turnsWarning(s, observed));
  const here = useLocation().pathname;
  return (
    <div
      role="status"
      className="short:absolute short:inset-x-2 short:bottom-full short:rounded-t-lg short:bg-surface short:not-empty:shadow-raise"
    >
      {signedOut ? (
        <Bar>
          <span>
            <span>You're signed out. What you've written is safe. </span>
            <SignInAgain next={here} className="underline" />
          </span>
        </Bar>
      ) : cutOff ? (
        <Bar>
          <WifiOff aria-hidden className="size-4 shrink-0" />
          <span>{`${offline ? "You're offline" : "Connection lost"}. We'll reconnect; what you've written is safe.`}</span>
        </Bar>
      ) : (
        delayed && (
          <Bar>
            <LoaderCircle aria-hidden className="size-4 shrink-0" />
            <span>Saving is delayed. The answer stays here while the server keeps trying.</span>
          </Bar>
        )
      )}
      {(hint || fault) && <p className="mb-1 px-1 text-sm short:mb-0 short:px-2 short:py-1">{hint || fault}</p>}
      {/* If there is little height, only the header shows the number of turns. */}
      {!hint && !fault && warning && <p className="mb-1 px-1 text-sm short:sr-only">{warning}</p>}
    </div>
  );
}

const Bar = ({ children }: { children: ReactNode }) => (
  <p className="mb-2 flex items-center gap-2 rounded-lg border border-control bg-raised px-3 py-1.5 text-sm text-ink short:mb-0 short:py-1">
    {children}
  </p>
);
