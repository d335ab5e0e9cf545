// The QR code with its link, and what can be done with them.
import { Copy, Expand, Printer } from "lucide-react";
import { QRCodeSVG } from "qrcode.react";
import { useState } from "react";
import { Button } from "../../ui/Button";
import { copyText } from "../../ui/copy-text";
import { Present } from "./Present";

type Props = { label: string; url: string; claimed: boolean };

export function InvitationCode({ label, url, claimed }: Props) {
  const [presenting, setPresenting] = useState(false);
  // Only a claim while it is presented is news: a fresh link is presented to somebody who has claimed before.
  const [before, setBefore] = useState(claimed);
  const present = () => {
    setBefore(claimed);
    setPresenting(true);
  };
  const [copied, setCopied] = useState("");
  const copy = async () => {
    const done = await copyText(url);
    setCopied(done ? "Link copied." : "Copying is not allowed here. Select the link instead.");
  };
  return (
    <section aria-label="Code and link" className="min-w-0">
      {/* Always black on white with a quiet zone: many scanners do not read the inverse. */}
      <div className="rounded-2xl border border-line bg-white p-4">
        <QRCodeSVG value={url} title={`QR code of the invitation ${label}`} marginSize={2} className="h-auto w-full" />
      </div>
      <p className="my-3 font-mono text-xs break-all text-muted select-all">{url}</p>
      <div className="no-print flex flex-wrap gap-2 [&>button]:flex-1 [&>button]:px-2">
        <Button look="tool" onClick={copy}>
          <Copy aria-hidden className="size-4" /> Copy
        </Button>
        <Button look="tool" onClick={present}>
          <Expand aria-hidden className="size-4" /> Present
        </Button>
        <Button look="tool" onClick={() => print()}>
          <Printer aria-hidden className="size-4" /> Print
        </Button>
      </div>
      <p role="status" className="mt-2 min-h-5 text-sm text-muted">
        {copied}
      </p>
      <Present
        open={presenting}
        onClose={() => setPresenting(false)}
        label={label}
        url={url}
        claimed={claimed && !before}
      />
    </section>
  );
}
