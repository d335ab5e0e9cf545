// Copies the links of the selected invitations, one a line. The audit log records that they were taken.
import { Copy } from "lucide-react";
import { useState } from "react";
import { problemOf, type Schemas } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { copyText } from "../../../ui/copy-text";
import { Dialog } from "../../../ui/Dialog";
import { sentence } from "../../../ui/sentence";
import type { Outcome } from "./BulkResult";
import { linksIn } from "./links-in";
import { useBulk } from "./use-bulk";

type Props = { chosen: readonly Schemas["Invitation"][]; onDone: (outcome: Outcome) => void };

export function CopyLinks({ chosen, onDone }: Props) {
  const [byHand, setByHand] = useState<string>();
  const take = useBulk(String, chosen, async (outcome) => {
    const { links, answer } = linksIn(outcome.answer);
    const text = links.length === 1 ? "1 link copied." : `${links.length} links copied.`;
    if (links.length === 0 || (await copyText(links.join("\n")))) onDone({ ...outcome, text, answer, verb: "copied" });
    else setByHand(links.join("\n"));
  });
  return (
    <>
      <Button
        look="tool"
        aria-disabled={take.isPending}
        onClick={() => take.isPending || take.mutate({ act: "links" })}
      >
        <Copy aria-hidden className="size-4" /> Copy links
      </Button>
      {take.error && (
        <p role="alert" className="order-last w-full text-sm text-danger">
          {sentence(problemOf(take.error).detail ?? problemOf(take.error).title)}
        </p>
      )}
      <Dialog open={byHand !== undefined} onClose={() => setByHand(undefined)} title="Copy the links">
        <p className="mb-2">Your browser blocks copying. Copy the text yourself.</p>
        <textarea
          readOnly
          aria-label="Links"
          rows={8}
          value={byHand ?? ""}
          onFocus={({ target }) => target.select()}
          className="w-full rounded-lg border border-control bg-raised p-2 font-mono text-xs break-all"
        />
      </Dialog>
    </>
  );
}
