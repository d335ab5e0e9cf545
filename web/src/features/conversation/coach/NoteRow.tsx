// One row of the coach's margin. Memoised like the rows of the scene.
import { Lock } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { Row } from "../../../live/conversation-state";
import { useLive } from "../../../live/use-conversation";
import { CoachCard } from "../../../ui/Bubble";
import { Prose } from "../../../ui/Prose";
import { atClock, exactly } from "../../../ui/times";
import { CopyButton } from "../CopyButton";
import { type Hot, TryAgain } from "../thread/rows";
import { quotesIn } from "./quotes";
import { afterASecondInView } from "./seen";

type Props = {
  row: Row;
  again: boolean;
  tabbable: boolean;
  onHot: (hot: Hot | null) => void;
  onStop: (id: number) => void;
};

export const NoteRow = memo(function NoteRow({ row, again, tabbable, onHot, onStop }: Props) {
  const live = useLive();
  const copy = (label: string) => (
    <CopyButton
      text={row.content}
      label={label}
      tabbable={tabbable}
      onStop={() => onStop(row.id)}
      className="absolute top-1 right-0"
    />
  );
  if (row.role === "user") return <Question row={row}>{copy("Copy your question")}</Question>;
  if (row.content === "") return <NoNote row={row} again={again} />;
  const hot = () => onHot({ turn: row.turn, quotes: quotesIn(row.content) });
  const focusHere = () => {
    onStop(row.id);
    hot();
  };
  return (
    <li ref={(li) => afterASecondInView(li, () => live.seen(row.id))} className="group px-4 pb-3">
      <CoachCard
        aria-label={row.aside ? "The coach's answer" : `Coach note, turn ${row.turn}`}
        onPointerEnter={row.aside ? undefined : hot}
        onPointerLeave={() => onHot(null)}
      >
        <div className="mb-1 flex items-baseline justify-between gap-2 text-xs text-coach-muted">
          {row.aside ? (
            <span>The coach to you</span>
          ) : (
            <button
              type="button"
              data-stop="turn"
              tabIndex={tabbable ? 0 : -1}
              onFocus={focusHere}
              onBlur={() => onHot(null)}
              onClick={() => showTurn(row.turn)}
              className="-my-3.5 py-3.5 text-left underline decoration-coach-mark decoration-2 underline-offset-3"
            >
              On what you said, turn {row.turn}
            </button>
          )}
          <time
            className="group-focus-within:invisible group-hover:invisible"
            dateTime={row.createdAt}
            title={exactly(row.createdAt)}
          >
            {atClock(row.createdAt)}
          </time>
        </div>
        <div className="coach-text">
          <Prose text={row.content} />
        </div>
        {copy(row.aside ? "Copy the answer" : `Copy the note on turn ${row.turn}`)}
        {row.status !== "complete" && <p className="mt-1 text-xs text-coach-muted">{cutWords[row.status] ?? ""}</p>}
      </CoachCard>
      {again && <TryAgain />}
    </li>
  );
});

const cutWords: Partial<Record<Row["status"], string>> = {
  stopped: "You stopped the coach here",
  interrupted: "The note broke off here",
  failed: "The note broke off here",
};

function Question({ row, children }: { row: Row; children: ReactNode }) {
  return (
    <li className="group px-4 pb-2 text-coach-ink">
      <article
        aria-label="You asked the coach"
        className="relative ml-6 rounded-lg border border-coach-mark px-3.5 py-2"
      >
        <p className="flex items-center gap-1.5 text-xs text-coach-muted">
          <Lock aria-hidden className="size-3" /> You asked
        </p>
        <p className="whitespace-pre-wrap">{row.content}</p>
        {children}
      </article>
    </li>
  );
}

const why: Record<string, string> = {
  quota: "there are not enough tokens for one",
  stopped: "you stopped the turn",
  failed: "there was no reply to comment on",
  draining: "the server was restarting",
};

function NoNote({ row, again }: { row: Row; again: boolean }) {
  const reason =
    row.status === "skipped"
      ? why[row.reason ?? ""]
      : row.status === "stopped"
        ? why.stopped
        : "the coach did not answer";
  return (
    <li className="px-4 pb-3 text-sm text-coach-muted">
      <p>
        {row.aside ? "No answer from the coach" : `No note on turn ${row.turn}`}
        {reason && `: ${reason}`}.
      </p>
      {again && <TryAgain />}
    </li>
  );
}

function showTurn(turn: number): void {
  const said = document.getElementById(`turn-${turn}`);
  said?.scrollIntoView({ block: "center" });
  said?.focus({ preventScroll: true });
}
