// Where the participant writes: to the partner, or privately to the coach. Always editable; sending waits its turn.
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { waitingFor } from "../../../live/conversation-view";
import { useConversation, useLive } from "../../../live/use-conversation";
import { Closed } from "./Closed";
import { Notices } from "./Notices";
import { Recipients } from "./Recipients";
import { SendButtons } from "./SendButtons";
import { TurnLine } from "./TurnLine";
import { useDraft } from "./use-draft";

type Props = { name: string; observed: boolean; demo: boolean; onAside: () => void };

const hasWords = (text: string) => text.replace(/[\s\p{Default_Ignorable_Code_Point}]/gu, "") !== "";

export function Composer(props: Props) {
  const ended = useConversation((s) => s.ended);
  const usedUp = useConversation((s) => s.turnsLeft === 0 && waitingFor(s) === "nobody" && s.outgoing.length === 0);
  if (ended !== null) return <Closed why={ended} name={props.name} />;
  if (usedUp) return <Closed why="quota" name={props.name} />;
  return <OpenComposer {...props} />;
}

function OpenComposer({ name, observed, demo, onAside }: Props) {
  const live = useLive();
  const { text, setText, aside, setAside } = useDraft();
  const [hint, setHint] = useState("");
  const waiting = useConversation(waitingFor);
  const queued = useConversation((s) => s.outgoing.some((o) => !o.refusal));
  const refused = useConversation((s) => s.outgoing.findLast((o) => o.refusal));
  const held = queued ? "One message is still on its way." : waiting === "partner" ? `${name} is still replying.` : "";

  const send = () => {
    if (held) return setHint(held);
    if (!hasWords(text)) return setHint(aside ? "Write your question first." : "Write something first.");
    setHint("");
    live.say(text, aside);
    setText("");
    if (aside) onAside();
    setAside(false);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "." && event.ctrlKey) setAside(!aside);
    if (event.key === "ArrowUp" && text === "" && refused) {
      setText(refused.content);
      live.withdraw(refused.clientId);
    }
    const enter = event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
    if (enter && event.target instanceof HTMLTextAreaElement && matchMedia("(pointer: fine)").matches) {
      event.preventDefault();
      send();
    }
  };
  const warm = aside ? "border-coach-mark bg-coach-bg" : "border-line bg-surface";
  return (
    <form
      onSubmit={onSubmit}
      onKeyDown={onKeyDown}
      aria-label="Your message"
      className={`shrink-0 border-t px-3 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-4 ${warm}`}
    >
      <div className="mx-auto max-w-[54rem]">
        <Notices hint={hint} />
        <Recipients name={name} aside={aside} onChange={setAside} />
        <div className="flex items-end gap-2">
          <label className="sr-only" htmlFor="say">
            {aside ? "Question for the coach" : `Your message to ${name}`}
          </label>
          <textarea
            id="say"
            data-region=""
            rows={1}
            value={text}
            maxLength={8000}
            onChange={(e) => {
              setText(e.target.value);
              setHint("");
            }}
            placeholder={aside ? "Only the coach sees this" : "Say it in your own words"}
            aria-describedby="turn-line"
            className={`field-sizing-content max-h-40 min-h-11 min-w-0 flex-1 resize-none rounded-2xl border bg-raised px-4 py-2.5 text-base placeholder:text-muted ${aside ? "border-coach-mark" : "border-control"}`}
          />
          <SendButtons waiting={waiting} ready={hasWords(text) && held === ""} aside={aside} name={name} />
        </div>
        <TurnLine name={name} waiting={waiting} observed={observed} demo={demo} />
      </div>
    </form>
  );
}
