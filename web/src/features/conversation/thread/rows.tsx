// One settled message of the scene. Memoised: a delta must not render any of these again.
import { RotateCcw } from "lucide-react";
import { memo } from "react";
import type { Row } from "../../../live/conversation-state";
import { useLive } from "../../../live/use-conversation";
import { Bubble } from "../../../ui/Bubble";
import { Button } from "../../../ui/Button";
import { Prose } from "../../../ui/Prose";
import { CopyButton } from "../CopyButton";

/** The turn a coach's note is pointing at just now, and the words it quotes. */
export type Hot = { turn: number; quotes: readonly string[] };

type Stop = { tabbable: boolean; onStop: (id: number) => void };
type YouProps = Stop & { row: Row; hot: Hot | null };

export const YouRow = memo(function YouRow({ row, hot, tabbable, onStop }: YouProps) {
  const ring = hot ? "ring-3 ring-coach-mark" : "";
  return (
    <li className="group flex items-center justify-end px-4 pb-3 md:px-6">
      <CopyButton text={row.content} label="Copy what you said" tabbable={tabbable} onStop={() => onStop(row.id)} />
      <Bubble by="you" id={`turn-${row.turn}`} tabIndex={-1} aria-label="You" className={ring}>
        <p className="whitespace-pre-wrap">
          <Quoted text={row.content} quotes={hot?.quotes ?? []} />
        </p>
      </Bubble>
    </li>
  );
});

type PartnerProps = Stop & { row: Row; name: string; again: boolean; why: string | undefined };

export const PartnerRow = memo(function PartnerRow({ row, name, again, why, tabbable, onStop }: PartnerProps) {
  const failed = row.status === "failed";
  return (
    <li className="group flex flex-col items-start px-4 pb-3 md:px-6">
      <div className="flex max-w-full items-center">
        <Bubble by="partner" aria-label={name}>
          <Prose text={row.content} />
          {failed && (
            <p className={row.content ? "mt-2 text-sm text-muted" : "text-muted"}>
              {name} could not answer. {why}
            </p>
          )}
          {row.content === "" && <p className="text-muted">{unsaid(row, name)}</p>}
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
      {row.status === "stopped" && <Aftermath>You stopped {name} here</Aftermath>}
      {row.status === "interrupted" && <Aftermath>The reply broke off here</Aftermath>}
      {again && <TryAgain />}
    </li>
  );
});

function unsaid({ status }: Row, name: string): string | null {
  if (status === "stopped") return `${name} had not begun to answer.`;
  return status === "interrupted" ? `What ${name} was about to say got lost.` : null;
}

const Aftermath = ({ children }: { children: React.ReactNode }) => (
  <p className="mt-1 pl-1 text-xs text-muted">{children}</p>
);

export function TryAgain() {
  const live = useLive();
  return (
    <Button className="mt-2" onClick={live.retry}>
      <RotateCcw aria-hidden className="size-4" /> Try again
    </Button>
  );
}

/** The text with the coach's highlighter on the words that the note quotes. */
function Quoted({ text, quotes }: { text: string; quotes: readonly string[] }) {
  const quote = quotes.find((q) => text.toLowerCase().includes(q.toLowerCase()));
  if (!quote) return text;
  const at = text.toLowerCase().indexOf(quote.toLowerCase());
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-sm bg-coach-mark text-coach-on-mark">{text.slice(at, at + quote.length)}</mark>
      {text.slice(at + quote.length)}
    </>
  );
}
