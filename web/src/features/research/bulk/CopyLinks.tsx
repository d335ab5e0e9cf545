// Copies the links of the selected invitations, one a line. The audit log records that they were taken.
import { Copy } from "lucide-react";
import { useState } from "react";
import { problemOf, type Schemas } from "../../../api/client";
import { Button } from "../../../ui/Button";
import { copyText } from "../../../ui/copy-text";
import { Dialog } from "../../../ui/Dialog";
import { sentence } from "../../../ui/sentence";
import { linkOf } from "../invitation-status";
import type { Outcome } from "./BulkResult";
import { useBulk } from "./use-bulk";

type Props = { chosen: readonly Schemas["Invitation"][]; onDone: (outcome: Outcome) => void };

export function CopyLinks({ chosen, onDone }: Props) {
  const [byHand, setByHand] = useState<string>();
  const links = useBulk(String, chosen, async (outcome) => {
    const usable = outcome.answer.items.flatMap((i) => linkOf(i) ?? []);
    const text = usable.length === 1 ? "1 link copied." : `${usable.length} links copied.`;
    if (await copyText(usable.join("\n"))) onDone({ ...outcome, text });
    else setByHand(usable.join("\n"));
  });
  return (
    <>
      <Button
        look="tool"
        aria-disabled={links.isPending}
        onClick={() => links.isPending || links.mutate({ act: "links" })}
      >
        <Copy aria-hidden className="size-4" /> Copy links
      </Button>
      {links.error && (
        <p role="alert" className="order-last w-full text-sm text-danger">
          {sentence(problemOf(links.error).detail ?? problemOf(links.error).title)}
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
