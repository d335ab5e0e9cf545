// One scenario to choose: the partner, the situation, the length and the difficulty.
import { useState } from "react";
import { problemOf, type Schemas } from "../../api/client";
import { Avatar } from "../../ui/Bubble";
import { Button } from "../../ui/Button";
import { contentNoteLine } from "../../ui/content-note";
import { Dialog } from "../../ui/Dialog";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { StartForm } from "./StartForm";
import { facts } from "./scenario-facts";
import { useStart } from "./use-start";

type Props = { scenario: Schemas["Scenario"]; invitationId: string | undefined };

export function ScenarioCard({ scenario: s, invitationId }: Props) {
  const [asking, setAsking] = useState(false);
  const start = useStart(s, invitationId);
  return (
    <li className="flex flex-col rounded-2xl border border-line bg-raised p-4 wrap-anywhere">
      <div className="mb-3 flex items-center gap-3">
        <Avatar name={s.partnerName} />
        <div className="min-w-0">
          <h3 className="leading-tight font-semibold" dir="auto" lang={s.language}>
            {s.title}
          </h3>
          <p className="text-sm text-muted" dir="auto">{`With ${s.partnerName}`}</p>
        </div>
      </div>
      <p className="mb-2" dir="auto" lang={s.language}>
        {s.card}
      </p>
      <p className="text-sm text-muted">{facts(s)}</p>
      <p className="mb-4 text-sm text-muted" dir="auto">
        {s.contentNote && contentNoteLine(s.contentNote)}
      </p>
      {start.error && !asking && <ProblemNotice problem={problemOf(start.error)} />}
      <Button
        look="primary"
        className="mt-auto w-full"
        aria-label={`Start: ${s.title}`}
        aria-disabled={start.isPending}
        onClick={() => (s.vars.length > 0 ? setAsking(true) : start.begin({}))}
      >
        {start.isPending ? "Starting" : "Start"}
      </Button>
      <Dialog open={asking} onClose={() => setAsking(false)} title="Before you start">
        <StartForm scenario={s} start={start} />
      </Dialog>
    </li>
  );
}
