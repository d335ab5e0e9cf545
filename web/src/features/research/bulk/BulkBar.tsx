// What can be done with all selected invitations at once.
import { Ban, CalendarPlus, Printer, X } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { researchPaths } from "../../../research-paths";
import { Button } from "../../../ui/Button";
import { BulkResult, type Outcome } from "./BulkResult";
import { CopyLinks } from "./CopyLinks";
import { ExtendMany } from "./ExtendMany";
import { RevokeMany } from "./RevokeMany";
import type { Selection } from "./selection";

type Props = { selection: Selection; onClear: () => void };

export function BulkBar({ selection, onClear }: Props) {
  const [asking, setAsking] = useState<"extend" | "revoke">();
  const [outcome, setOutcome] = useState<Outcome>();
  const done = (result: Outcome) => {
    setAsking(undefined);
    setOutcome(result);
  };
  const navigate = useNavigate();
  const print = () => navigate(researchPaths.codes(new URLSearchParams()), { state: { ids: [...selection.keys()] } });
  const chosen = [...selection.values()];
  if (chosen.length === 0 && !outcome) return null;
  return (
    <section
      aria-label="Selected invitations"
      className="sticky bottom-3 z-20 mt-4 rounded-2xl border border-control bg-raised p-3 shadow-raise"
    >
      {outcome && <BulkResult outcome={outcome} onClose={() => setOutcome(undefined)} />}
      {chosen.length > 0 && (
        <div className="flex flex-wrap items-center gap-2">
          <p role="status" className="mr-auto font-semibold">
            {`${chosen.length} selected`}
          </p>
          <Button look="tool" onClick={() => setAsking("extend")}>
            <CalendarPlus aria-hidden className="size-4" /> Extend
          </Button>
          <CopyLinks chosen={chosen} onDone={done} />
          {/* Not a link: in a new tab, it would lose the selection. */}
          <Button look="tool" onClick={print}>
            <Printer aria-hidden className="size-4" /> Print codes
          </Button>
          <Button look="tool" className="text-danger" onClick={() => setAsking("revoke")}>
            <Ban aria-hidden className="size-4" /> Revoke
          </Button>
          <Button look="tool" onClick={onClear}>
            <X aria-hidden className="size-4" /> Clear
          </Button>
        </div>
      )}
      <ExtendMany open={asking === "extend"} chosen={chosen} onClose={() => setAsking(undefined)} onDone={done} />
      <RevokeMany
        open={asking === "revoke"}
        chosen={chosen}
        onClose={() => setAsking(undefined)}
        onDone={(result) => {
          done(result);
          // Nothing else can be done with them.
          onClear();
        }}
      />
    </section>
  );
}
