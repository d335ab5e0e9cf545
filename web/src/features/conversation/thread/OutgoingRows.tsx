// Messages that aren't in the transcript yet: being sent, waiting or refused.
import type { Outgoing } from "../../../live/conversation-state";
import { closedBy } from "../../../live/conversation-view";
import { isDisconnected } from "../../../live/live-conversation";
import { useConversation, useLive } from "../../../live/use-conversation";
import { Bubble } from "../../../ui/Bubble";
import { Button } from "../../../ui/Button";
import { useScene } from "../scene";
import { refusalWords } from "../status-text";

export function OutgoingRows({ aside }: { aside: boolean }) {
  const outgoing = useConversation((s) => s.outgoing);
  return outgoing.filter((o) => o.aside === aside).map((o) => <OutgoingRow key={o.clientId} message={o} />);
}

function OutgoingRow({ message }: { message: Outgoing }) {
  const live = useLive();
  const { name } = useScene();
  // Without the composer, a refused message can't be edited or sent again.
  const over = useConversation(closedBy);
  const state = useConversation((s) =>
    isDisconnected(s) ? "offline" : s.turnState === "idle" ? "sending" : "waiting",
  );
  const words = {
    offline: "Waiting for the connection",
    waiting: message.aside ? "Goes to the coach next" : `Goes to ${name} next`,
    sending: "Sending",
  };
  const edit = () => {
    live.outbox.set({ draft: message.content, aside: message.aside });
    live.withdraw(message.clientId);
    dispatchEvent(new Event("coach:draft"));
  };
  return (
    <li
      data-mine=""
      data-sending={message.refusal ? undefined : ""}
      className={`flex flex-col items-end px-4 pb-3 ${message.aside ? "" : "md:px-6"}`}
    >
      <Bubble by="you" aria-label="You, not sent yet" className="opacity-80">
        <p dir="auto" className="whitespace-pre-wrap">
          {message.content}
        </p>
      </Bubble>
      {message.refusal ? (
        <div role="alert" className="mt-1.5 text-right text-sm">
          <p className="text-danger">{refusalWords(message.refusal)}</p>
          {!over && (
            <p className="mt-1 flex flex-wrap justify-end gap-2">
              <Button onClick={edit}>Edit</Button>
              <Button onClick={() => live.resend(message)}>Try again</Button>
            </p>
          )}
        </div>
      ) : (
        <p className="mt-1 text-xs text-muted">{words[state]}</p>
      )}
    </li>
  );
}
