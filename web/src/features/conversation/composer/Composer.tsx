// Where the participant writes: to the partner, or privately to the coach. Always editable; sending waits its turn.
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { waitingFor } from "../../../live/conversation-view";
import type { Snapshot } from "../../../live/live-conversation";
import { useConversation, useLive } from "../../../live/use-conversation";
import { Caption } from "../captions/Caption";
import { useScene } from "../scene";
import { Closed } from "./Closed";
import { Notices } from "./Notices";
import { Recipients } from "./Recipients";
import { SendButtons } from "./SendButtons";
import { TurnLine } from "./TurnLine";
import { useCoachKey } from "./use-coach-key";
import { useDraft } from "./use-draft";

/** `onNotes` shows the coach's notes, where they are not on the page anyway. */
type Props = { onNotes: (() => void) | undefined };

const hasWords = (text: string) => text.replace(/[\s\p{Default_Ignorable_Code_Point}]/gu, "") !== "";

export function Composer({ onNotes }: Props) {
  const ended = useConversation((s) => s.ended);
  const usedUp = useConversation(isUsedUp);
  if (ended !== null) return <Closed why={ended} onNotes={onNotes} />;
  if (usedUp) return <Closed why="quota" onNotes={onNotes} />;
  return <OpenComposer onNotes={onNotes} />;
}

/** What is on its way may still be taken; what was refused will not be. */
const isUsedUp = (s: Snapshot) =>
  s.turnsLeft === 0 && waitingFor(s) === "nobody" && s.outgoing.every((message) => message.refusal !== undefined);

function OpenComposer({ onNotes }: Props) {
  const live = useLive();
  const { name, aside: mayAsk } = useScene();
  const { text, setText, aside: wished, setAside } = useDraft();
  const aside = wished && mayAsk;
  const [hint, setHint] = useState("");
  const waiting = useConversation(waitingFor);
  const queued = useConversation((s) => s.outgoing.some((o) => !o.refusal));
  const refused = useConversation((s) => s.outgoing.findLast((o) => o.refusal));
  const limited = useConversation((s) => s.turnsLeft !== undefined);
  const held = queued ? "One message is still on its way." : waiting === "partner" ? `${name} is still replying.` : "";
  useCoachKey(() => mayAsk && setAside(!aside));

  const send = () => {
    if (held) return setHint(held);
    if (!hasWords(text)) return setHint(aside ? "Write your question first." : "Write something first.");
    setHint("");
    live.say(text, aside);
    setText("");
    if (aside) onNotes?.();
    setAside(false);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === "ArrowUp" && text === "" && refused) {
      event.preventDefault();
      setText(refused.content);
      setAside(refused.aside);
      live.withdraw(refused.clientId);
    }
    const enter = event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing;
    if (enter && matchMedia("(pointer: fine)").matches) {
      event.preventDefault();
      send();
    }
  };
  const warm = aside ? "border-coach-mark bg-coach-bg" : "border-line bg-surface";
  return (
    <form
      onSubmit={onSubmit}
      aria-label="Your message"
      className={`shrink-0 border-t px-3 pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] md:px-4 ${warm}`}
    >
      <div className="mx-auto max-w-[54rem]">
        {mayAsk && (
          <Caption which="ask" points="down" className="mb-1.5" arrow="left-[min(9rem,50%)]">
            Not sure how to go on? Ask the coach.{limited && " It costs about a turn."}
          </Caption>
        )}
        <Notices hint={hint} />
        {mayAsk && <Recipients name={name} aside={aside} onChange={setAside} />}
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
            onKeyDown={onKeyDown}
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
        <TurnLine waiting={waiting} />
      </div>
    </form>
  );
}
