// What is going on in a watched conversation: who speaks, that nothing happens, that it ended, or that we can't know.
import { WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { activity } from "../../../live/conversation-view";
import { isDisconnected, type Snapshot } from "../../../live/followed-conversation";
import { useWatched } from "../../../live/use-observed";
import { endReasonText } from "../conversation-text";
import { useIdle } from "./use-idle";
import { activityText } from "./words";

/** Returns when something last happened, or undefined while something is going on. */
const quietSince = (s: Snapshot) => (s.live || s.turnState !== "idle" ? undefined : s.rows.at(-1)?.createdAt);

type Props = { partner: string; present: boolean | undefined };

export function WatchStatus({ partner, present }: Props) {
  const net = useWatched((s) => (isDisconnected(s) ? s.net : s.ending ? "over" : s.synced ? "fine" : "connecting"));
  const ended = useWatched((s) => s.ended);
  const doing = useWatched(activity);
  const begun = useWatched((s) => s.turn > 0 || s.live !== null);
  const idle = useIdle(useWatched(quietSince));
  if (net === "offline" || net === "lost")
    return (
      <Line spoken>
        <WifiOff aria-hidden className="size-4 shrink-0" />
        <span>
          {net === "offline"
            ? "You're offline. What you miss appears when you're back."
            : "Connection lost. Reconnecting…"}
        </span>
      </Line>
    );
  if (ended) return <Line>{endReasonText(ended)}</Line>;
  if (net === "over") return <Line spoken>Not watching anymore</Line>;
  if (net === "connecting") return <Line spoken>Connecting…</Line>;
  const what = begun ? activityText(doing, partner) : "Waiting for the first message";
  const away = present === false && doing === "yours" ? ". The participant isn't connected right now" : "";
  const quiet = idle && doing === "yours" && !away ? ". Nothing has happened for 2 minutes" : "";
  const dot = present !== false && !quiet;
  return (
    <Line>
      <span aria-hidden className={`size-2 shrink-0 rounded-full ${dot ? "pulse-dot bg-live" : "bg-control"}`} />
      <span>{`${what}${away}${quiet}`}</span>
    </Line>
  );
}

/** `spoken`: read to screen readers, for they can't know otherwise that nothing new arrives. */
const Line = ({ spoken = false, children }: { spoken?: boolean; children: ReactNode }) => (
  <p {...(spoken ? { role: "status" } : {})} className="flex min-h-10 min-w-0 flex-1 basis-28 items-center gap-2.5">
    {children}
  </p>
);
