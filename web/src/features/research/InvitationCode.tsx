// The QR code and its link, with buttons to copy, present and print them.
import { Expand, Printer } from "lucide-react";
import { Link } from "react-router";
import type { Schemas } from "../../api/client";
import { researchPaths } from "../../research-paths";
import { Button, buttonLook } from "../../ui/Button";
import { CopyTextButton } from "./CopyTextButton";
import { InvitationQr } from "./InvitationQr";
import { LoopbackNote } from "./LoopbackNote";

type Props = { invitation: Schemas["Invitation"]; url: string; onPresent: () => void };

export function InvitationCode({ invitation: i, url, onPresent }: Props) {
  return (
    <section aria-label="Code and link" className="min-w-0">
      <div className="rounded-2xl border border-line bg-white p-4">
        <InvitationQr of={i} url={url} className="w-full" />
      </div>
      <p className="my-3 font-mono text-xs break-all text-muted select-all">{url}</p>
      <div className="flex flex-wrap gap-1.5 [&>:is(a,button)]:flex-auto [&>:is(a,button)]:gap-1.5 [&>:is(a,button)]:px-1.5">
        <CopyTextButton text={url} label="Copy" what="Link" />
        <Button look="tool" onClick={onPresent}>
          <Expand aria-hidden className="size-4" /> Present
        </Button>
        <Link to={researchPaths.code(i.id)} className={buttonLook("tool")}>
          <Printer aria-hidden className="size-4" /> Print
        </Link>
      </div>
      <p className="mt-2 flex flex-wrap gap-x-4 text-sm text-muted">
        <span>Download the code:</span>
        {(["svg", "png"] as const).map((format) => (
          <a key={format} href={researchPaths.qr(i.id, format)} download={`invitation.${format}`} className="underline">
            {format.toUpperCase()}
          </a>
        ))}
      </p>
      <LoopbackNote className="mt-3 text-sm" />
    </section>
  );
}
