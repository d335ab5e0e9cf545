// The QR code and its link, with buttons to copy, present and print them.
import { Expand, Printer } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { researchPaths } from "../../research-paths";
import { Button, buttonLook } from "../../ui/Button";
import { CopyTextButton } from "./CopyTextButton";
import { InvitationQr } from "./InvitationQr";
import { LoopbackNote } from "./LoopbackNote";
import { PresentCode } from "./PresentCode";

type Props = { invitation: Schemas["Invitation"]; url: string };

export function InvitationCode({ invitation: i, url }: Props) {
  const claimed = i.claimedBy !== undefined;
  const [presenting, setPresenting] = useState(false);
  // Announce only a claim during the presentation: a fresh link is shown to a participant who claimed earlier.
  const [before, setBefore] = useState(claimed);
  const present = () => {
    setBefore(claimed);
    setPresenting(true);
  };
  return (
    <section aria-label="Code and link" className="min-w-0">
      <div className="rounded-2xl border border-line bg-white p-4">
        <InvitationQr of={i} url={url} className="w-full" />
      </div>
      <p className="my-3 font-mono text-xs break-all text-muted select-all">{url}</p>
      <div className="flex flex-wrap gap-2 [&>button]:flex-1 [&>button]:px-2 [&>a]:flex-1 [&>a]:px-2">
        <CopyTextButton text={url} label="Copy" what="Link" />
        <Button look="tool" onClick={present}>
          <Expand aria-hidden className="size-4" /> Present
        </Button>
        <Link to={researchPaths.code(i.id)} className={buttonLook("tool")}>
          <Printer aria-hidden className="size-4" /> Print
        </Link>
      </div>
      <LoopbackNote className="mt-3 text-sm" />
      <PresentCode
        open={presenting}
        onClose={() => setPresenting(false)}
        invitation={i}
        url={url}
        claimed={claimed && !before}
      />
    </section>
  );
}
