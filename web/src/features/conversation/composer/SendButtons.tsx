// Stop while a voice is answering, Send if there is something to send. Neither is ever disabled.
import { ArrowUp, Square } from "lucide-react";
import type { Waiting } from "../../../live/conversation-view";
import { isDisconnected } from "../../../live/live-conversation";
import { useConversation, useLive } from "../../../live/use-conversation";

type Props = { waiting: Waiting; ready: boolean; aside: boolean; name: string };

const round = "grid size-[44px] shrink-0 place-items-center rounded-full";

export function SendButtons({ waiting, ready, aside, name }: Props) {
  const live = useLive();
  const cutOff = useConversation(isDisconnected);
  const busy = waiting !== "none";
  const sendLook = ready
    ? aside
      ? "bg-coach-mark text-coach-on-mark"
      : "bg-brand text-brand-ink"
    : "bg-line text-muted";
  const to = aside ? "Ask the coach" : `Send to ${name}`;
  return (
    <>
      {busy && !cutOff && (
        <button
          type="button"
          onClick={live.stop}
          aria-label="Stop"
          title="Stop (Esc)"
          className={`${round} border-2 border-ink`}
        >
          <Square aria-hidden className="size-4 fill-current" />
        </button>
      )}
      {(!busy || cutOff || ready) && (
        <button
          type="submit"
          aria-label={to}
          title={to}
          className={`${round} ${sendLook} forced-colors:border forced-colors:border-[ButtonText]`}
        >
          <ArrowUp aria-hidden className="size-5" />
        </button>
      )}
    </>
  );
}
