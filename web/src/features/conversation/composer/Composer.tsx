// The message box, for the partner or privately for the coach. Always editable; sending waits until it's possible.
import { type FormEvent, type KeyboardEvent, Suspense, useState } from "react";
import { closedBy, waitingFor } from "../../../live/conversation-view";
import { useConversation, useLive } from "../../../live/use-conversation";
import { lazyPage } from "../../../shell/lazy-page";
import { useScene } from "../scene";
import { ComposerNotices } from "./ComposerNotices";
import { tooLongWords } from "./message-length";
import { RecipientSwitch, Recipients } from "./Recipients";
import { SendButtons } from "./SendButtons";
import { TurnStatus } from "./TurnStatus";
import { useCoachKey } from "./use-coach-key";
import { useDraft } from "./use-draft";

// Only needed at the end of a conversation, so loaded then.
const ConversationEnd = lazyPage(() => import("./ConversationEnd"));

/** `onNotes` opens the coach's notes, if they aren't always visible. */
type Props = { onNotes: (() => void) | undefined };

const hasWords = (text: string) => text.replace(/[\s\p{Default_Ignorable_Code_Point}]/gu, "") !== "";

export function Composer({ onNotes }: Props) {
  const why = useConversation(closedBy);
  if (!why) return <OpenComposer onNotes={onNotes} />;
  return (
    <Suspense fallback={<div className="h-28 shrink-0 border-t border-line bg-surface" />}>
      <ConversationEnd why={why} onNotes={onNotes} />
    </Suspense>
  );
}

/** Whether Enter only confirms input-method text. Some browsers end the composition first and report key code 229. */
const isComposing = ({ nativeEvent }: KeyboardEvent) => nativeEvent.isComposing || nativeEvent.keyCode === 229;

function OpenComposer({ onNotes }: Props) {
  const live = useLive();
  const { name, aside: mayAsk } = useScene();
  const { text, setText, aside: wished, setAside } = useDraft();
  const aside = wished && mayAsk;
  const [hint, setHint] = useState("");
  const waiting = useConversation(waitingFor);
  const queued = useConversation((s) => s.outgoing.some((o) => !o.refusal));
  const refused = useConversation((s) => s.outgoing.findLast((o) => o.refusal));
  const held = queued
    ? "Your last message is still being sent."
    : waiting === "partner"
      ? `${name} is still replying.`
      : "";
  const tooLong = tooLongWords(text);
  useCoachKey(() => mayAsk && setAside(!aside));

  const send = () => {
    if (held) return setHint(held);
    if (!hasWords(text)) return setHint(aside ? "Write your question first." : "Write something first.");
    if (tooLong) return;
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
    const enter = event.key === "Enter" && !event.shiftKey && !isComposing(event);
    if (enter && matchMedia("(pointer: fine)").matches) {
      event.preventDefault();
      send();
    }
  };
  const warm = aside ? "border-coach-mark bg-coach-bg" : "border-line bg-surface";
  const field =
    "col-start-1 row-start-1 max-h-[max(44px,min(10rem,25cqh-1rem))] min-h-[44px] min-w-0 border px-4 py-[9px] text-base";
  return (
    <form
      onSubmit={onSubmit}
      aria-label="Your message"
      className={`relative shrink-0 border-t pt-2 pb-[max(0.75rem,env(safe-area-inset-bottom))] short:py-0.5 ${warm}`}
    >
      <div className="mx-auto max-w-[54rem] px-3 md:px-6 short:px-2">
        <ComposerNotices hint={tooLong || hint} />
        <TurnStatus id="turn-line" className="px-1 text-sm short:sr-only" />
        {mayAsk && <Recipients name={name} aside={aside} onChange={setAside} />}
        <div className="flex items-end gap-2 not-first:mt-1 short:not-first:mt-0">
          {mayAsk && <RecipientSwitch name={name} aside={aside} onChange={setAside} />}
          <label className="sr-only" htmlFor="say">
            {aside ? "Question for the coach" : `Your message to ${name}`}
          </label>
          <div className="grid min-w-0 flex-1">
            <textarea
              id="say"
              data-region=""
              dir="auto"
              rows={1}
              value={text}
              onKeyDown={onKeyDown}
              onChange={(e) => {
                setText(e.target.value);
                setHint("");
              }}
              placeholder={aside ? "Only the coach sees this" : "Say it in your own words"}
              aria-describedby="turn-line"
              aria-invalid={tooLong ? true : undefined}
              className={`${field} resize-none overflow-y-auto rounded-2xl bg-raised placeholder:whitespace-nowrap placeholder:text-muted ${aside ? "border-coach-mark" : "border-control"}`}
            />
            {/* A hidden copy of the text gives the box its height in every browser. */}
            <div
              aria-hidden
              data-text={`${text}\u200b`}
              className={`${field} pointer-events-none invisible overflow-hidden border-transparent whitespace-pre-wrap wrap-anywhere after:content-[attr(data-text)]`}
            />
          </div>
          <SendButtons waiting={waiting} ready={hasWords(text) && held === "" && !tooLong} aside={aside} name={name} />
        </div>
      </div>
    </form>
  );
}
