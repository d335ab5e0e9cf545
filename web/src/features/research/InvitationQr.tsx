// What a participant sees of an invitation before opening it, on screen or on paper: the QR code, the public title, an
// instruction and a number. The label is for researchers and never shown here.
import { QRCodeSVG } from "qrcode.react";
import type { Schemas } from "../../api/client";

type Shown = Pick<Schemas["Invitation"], "id" | "batchId" | "label" | "title">;

export const titleOf = ({ title }: Pick<Shown, "title">): string => title ?? "Conversation Coach";

/** Returns the number that the host appended to a batch's label, such as `07`, but no number that a researcher typed. */
export function numberOf({ id, batchId, label }: Shown): string | undefined {
  const number = /-(\d+)$/.exec(label)?.[1];
  // The first invitation of a batch has the batch's id.
  return id === batchId && Number(number) !== 1 ? undefined : number;
}

/** Always black on white with a quiet zone, because many scanners can't read inverted codes. */
export function InvitationQr({ of: i, url, className = "" }: { of: Shown; url: string; className?: string }) {
  const number = numberOf(i);
  return (
    <QRCodeSVG
      value={url}
      title={number ? `QR code ${number}` : "QR code"}
      marginSize={4}
      className={`h-auto ${className}`}
    />
  );
}

export function QrCaption({ of: i }: { of: Shown }) {
  const number = numberOf(i);
  return (
    <>
      <p className="font-semibold" dir="auto">
        {titleOf(i)}
      </p>
      <p>Scan with your phone's camera</p>
      {number && <p className="mt-1 text-sm">{`Number ${number}`}</p>}
    </>
  );
}
