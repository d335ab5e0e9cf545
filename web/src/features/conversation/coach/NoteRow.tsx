// One row of the coach's notes. Memoized like the rows of the scene.
import { Lock } from "lucide-react";
import { memo, type ReactNode } from "react";
import type { MessageRow } from "../../../live/conversation-state";
import { CoachCard } from "../../../ui/Bubble";
import { Prose } from "../../../ui/Prose";
import { atClock, exactly } from "../../../ui/times";
import { CopyButton } from "../CopyButton";
import { useScene } from "../scene";
import { brokenWords, cutWords, noNoteReason } from "../status-text";
import { type Highlight, TryAgain } from "../thread/MessageRows";
import { quotesIn } from "./quotes";
import { useSeen } from "./use-seen";

type Props = {
  row: MessageRow;
  again: boolean;
  tabbable: boolean;
  onHighlight: (highlight: Highlight | null) => void;
  onStop: (id: number) => void;
};

export const NoteRow = memo(function NoteRow(props: Props) {
  const { row, again, tabbable, onStop } = props;
  if (row.role === "user")
    return (
      <AsideQuestion row={row}>
        <CopyNote row={row} label="Copy your question" tabbable={tabbable} onStop={onStop} />
      </AsideQuestion>
    );
  return row.content === "" ? <NoNote row={row} again={again} /> : <Note {...props} />;
});

function Note({ row, again, tabbable, onHighlight, onStop }: Props) {
  const { language } = useScene().conversation;
  const ref = useSeen<HTMLLIElement>(row.id, "opened");
  const highlight = () => onHighlight({ turn: row.turn, quotes: quotesIn(row.content) });
  const focusHere = () => {
    onStop(row.id);
    highlight();
  };
  const broken = row.cut ? cutWords(row.cut) : brokenWords(row.status, "You stopped the coach here.");
  return (
    <li ref={ref} className="group px-4 pb-3">
      <CoachCard
        aria-label={row.aside ? "The coach's answer" : `Coach note, turn ${row.turn}`}
        onPointerEnter={row.aside ? undefined : highlight}
        onPointerLeave={() => onHighlight(null)}
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
              onBlur={() => onHighlight(null)}
              onClick={() => showTurn(row.turn)}
              className="-my-3.5 py-3.5 text-left underline decoration-coach-mark decoration-2 underline-offset-3"
            >
              {`On what you said, turn ${row.turn}`}
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
        <div lang={language} className="coach-text">
          <Prose text={row.content} />
        </div>
        <CopyNote
          row={row}
          label={row.aside ? "Copy the answer" : `Copy the note on turn ${row.turn}`}
          tabbable={tabbable}
          onStop={onStop}
        />
        {broken && <p className="mt-1 text-xs text-coach-muted">{broken}</p>}
      </CoachCard>
      {again && <TryAgain />}
    </li>
  );
}

type CopyProps = Pick<Props, "row" | "tabbable" | "onStop"> & { label: string };

const CopyNote = ({ row, label, tabbable, onStop }: CopyProps) => (
  <CopyButton
    text={row.content}
    label={label}
    tabbable={tabbable}
    onStop={() => onStop(row.id)}
    className="absolute top-1 right-0"
  />
);

function AsideQuestion({ row, children }: { row: MessageRow; children: ReactNode }) {
  return (
    <li className="group px-4 pb-2 text-coach-ink">
      <article
        aria-label="You asked the coach"
        className="relative ml-6 rounded-lg border border-coach-mark px-3.5 py-2"
      >
        <p className="flex items-center gap-1.5 text-xs text-coach-muted">
          <Lock aria-hidden className="size-3" />
          <span>You asked</span>
        </p>
        <p dir="auto" className="whitespace-pre-wrap">
          {row.content}
        </p>
        {children}
      </article>
    </li>
  );
}

function NoNote({ row, again }: { row: MessageRow; again: boolean }) {
  const what = row.aside ? "No answer from the coach" : `No note on turn ${row.turn}`;
  const reason = noNoteReason(row);
  return (
    <li className="px-4 pb-3 text-sm text-coach-muted">
      <p>{reason ? `${what}: ${reason}.` : `${what}.`}</p>
      {again && <TryAgain />}
    </li>
  );
}

function showTurn(turn: number): void {
  const said = document.getElementById(`turn-${turn}`);
  said?.scrollIntoView({ block: "center" });
  said?.focus({ preventScroll: true });
}
