// Conversations that go on right now: who speaks, which turn, since when, and who watches. Never words.
import { Eye } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Link } from "react-router";
import type { LiveEntry } from "../../../api/staff/types";
import { researchPaths } from "../../../research-paths";
import { buttonLook } from "../../../ui/Button";
import { Card } from "../../../ui/Card";
import { shortName } from "../../../ui/short-name";
import { exactly } from "../../../ui/times";
import { namesOf, personName } from "../people";
import { sinceText, speakingText } from "./desk-text";
import { type Lingering, lingering } from "./lingering";

export function LiveList({ entries }: { entries: readonly LiveEntry[] }) {
  const { shown, now } = useSteady(entries);
  return (
    <Card title="Live now">
      {shown.length === 0 && (
        <p className="text-muted">No one is practicing right now. Conversations appear here within a few seconds.</p>
      )}
      <ul className="divide-y divide-line">
        {shown.map((entry) => (
          <LiveRow key={entry.conversationId} entry={entry} now={now} />
        ))}
      </ul>
    </Card>
  );
}

function LiveRow({ entry: e, now }: { entry: Lingering; now: number }) {
  const left = e.leftAt !== undefined;
  const watching = e.observers.map(({ user }) => personName(user));
  const facts = [e.turn === 0 ? "No turns yet" : `Turn ${e.turn}`, e.partnerName && `with ${e.partnerName}`];
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-44">
        <Link to={researchPaths.invitation(e.invitationId)} dir="auto" className="font-semibold wrap-anywhere">
          {e.label}
        </Link>
        <p className="flex items-center gap-2">
          <span aria-hidden className={`size-2 shrink-0 rounded-full ${left ? "bg-control" : "pulse-dot bg-live"}`} />
          <span className="min-w-0">
            {left ? "The participant just left" : speakingText(e.speaking, shortName(e.partnerName))}
          </span>
        </p>
        <p className="text-sm text-muted">
          <span dir="auto">{`${facts.filter(Boolean).join(" ")}, `}</span>
          <time dateTime={e.startedAt} title={exactly(e.startedAt)}>
            {sinceText(e.startedAt, now)}
          </time>
        </p>
        {watching.length > 0 && (
          <p className="flex items-center gap-1.5 text-sm text-muted">
            <Eye aria-hidden className="size-4 shrink-0" />
            <span>{`${namesOf(watching)} ${watching.length === 1 ? "is" : "are"} watching`}</span>
          </p>
        )}
      </div>
      <Link
        to={researchPaths.watch(e.invitationId, e.conversationId)}
        aria-label={`Watch ${e.label}`}
        className={buttonLook("act")}
      >
        <Eye aria-hidden className="size-4" /> Watch
      </Link>
    </li>
  );
}

/** In milliseconds. */
const TICK = 2_000;

function useSteady(entries: readonly LiveEntry[]): { shown: readonly Lingering[]; now: number } {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK);
    return () => clearInterval(timer);
  }, []);
  const kept = useRef<readonly Lingering[]>([]);
  kept.current = lingering(kept.current, entries, now);
  return { shown: kept.current, now };
}
