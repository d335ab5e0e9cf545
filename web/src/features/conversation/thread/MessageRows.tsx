// Settled messages of the scene. Memoized, so that a delta doesn't render them again.
import { RotateCcw } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { MessageRow } from "../../../live/conversation-state";
import { useLive } from "../../../live/use-conversation";
import { Bubble } from "../../../ui/Bubble";
import { Button } from "../../../ui/Button";
import { Prose } from "../../../ui/Prose";
import { CopyButton } from "../CopyButton";
import { useScene } from "../scene";
import { brokenWords, cutWords, faultWords } from "../status-text";

/** The turn that the hovered or focused coach note is about, and the words it quotes. */
export type Highlight = { turn: number; quotes: readonly string[] };

type RowFocus = { tabbable: boolean; onStop: (id: number) => void };
type YouProps = RowFocus & { row: MessageRow; highlight: Highlight | null };

export const YouRow = memo(function YouRow({ row, highlight, tabbable, onStop }: YouProps) {
  const { language } = useScene().conversation;
  const ring = highlight ? "ring-3 ring-coach-mark" : "";
  return (
    <li data-mine="" className="group flex items-center justify-end px-4 pb-3 md:px-6">
      <CopyButton text={row.content} label="Copy what you said" tabbable={tabbable} onStop={() => onStop(row.id)} />
      <Bubble by="you" lang={language} id={`turn-${row.turn}`} tabIndex={-1} aria-label="You" className={ring}>
        <p dir="auto" className="whitespace-pre-wrap">
          <Quoted text={row.content} quotes={highlight?.quotes ?? []} />
        </p>
      </Bubble>
    </li>
  );
});

type PartnerProps = RowFocus & {
  row: MessageRow;
  name: string;
  again: boolean;
  /** The code of the error that ended it. */
  why: string | undefined;
  /** Whether the conversation ended with this message. */
  end: boolean;
};

export const PartnerRow = memo(function PartnerRow({ row, name, again, why, end, tabbable, onStop }: PartnerProps) {
  const { language } = useScene().conversation;
  const failed = row.status === "failed";
  const unsaid = row.content === "" && !failed ? unsaidWords(row, name, end) : "";
  const stopped = end ? "The conversation ended here." : `You stopped ${name} here.`;
  const broken = row.content === "" || failed ? "" : brokenWords(row.status, stopped);
  return (
    <li className="group flex flex-col items-start px-4 pb-3 md:px-6">
      <div className="flex max-w-full items-center">
        <Bubble by="partner" aria-label={name}>
          <div lang={language}>
            <Prose text={row.content} />
          </div>
          {failed && (
            <p
              className={row.content ? "mt-2 border-t border-line pt-2" : ""}
            >{`${name} couldn't answer just now. Your message is saved.`}</p>
          )}
          {failed && why && <p className="mt-0.5 text-sm text-muted">{faultWords(why)}</p>}
          {unsaid && <p className="text-muted">{unsaid}</p>}
        </Bubble>
        {row.content !== "" && (
          <CopyButton
            text={row.content}
            label={`Copy what ${name} said`}
            tabbable={tabbable}
            onStop={() => onStop(row.id)}
          />
        )}
      </div>
      {broken && <Aftermath>{broken}</Aftermath>}
      {row.cut && <Aftermath>{cutWords(row.cut)}</Aftermath>}
      {again && <TryAgain />}
    </li>
  );
});

function unsaidWords({ status }: MessageRow, name: string, end: boolean): string {
  if (status === "stopped")
    return end ? "The conversation ended here." : `You stopped ${name} before the answer began.`;
  return status === "interrupted" ? `${name}'s answer was lost before it began.` : `${name} didn't say anything.`;
}

const Aftermath = ({ children }: { children: ReactNode }) => <p className="mt-1 pl-1 text-xs text-muted">{children}</p>;

export function TryAgain({ className = "mt-2" }: { className?: string }) {
  const live = useLive();
  return (
    <Button className={className} onClick={live.retry}>
      <RotateCcw aria-hidden className="size-4" />
      <span>Try again</span>
    </Button>
  );
}

/** The text, with the words that the note quotes highlighted. */
function Quoted({ text, quotes }: { text: string; quotes: readonly string[] }) {
  const quote = quotes.find((q) => text.toLowerCase().includes(q.toLowerCase()));
  if (!quote) return <span>{text}</span>;
  const at = text.toLowerCase().indexOf(quote.toLowerCase());
  return (
    <>
      <span>{text.slice(0, at)}</span>
      <mark className="rounded-sm bg-coach-mark text-coach-on-mark">{text.slice(at, at + quote.length)}</mark>
      <span>{text.slice(at + quote.length)}</span>
    </>
  );
}
