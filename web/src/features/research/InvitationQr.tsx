// What a participant sees of an invitation before opening it, on a screen or on paper: what to do, the code, the public
// title and a number. The label is for researchers and stays out of it.
import { QRCodeSVG } from "qrcode.react";
import type { Schemas } from "../../api/client";

type Shown = Pick<Schemas["Invitation"], "id" | "batchId" | "label" | "title">;

export const titleOf = ({ title }: Pick<Shown, "title">): string => title ?? "Conversation Coach";

/** The number that the host gave to one of several, such as `07`. A number in a label of the researcher's own is none. */
export function numberOf({ id, batchId, label }: Shown): string | undefined {
  const number = /-(\d+)$/.exec(label)?.[1];
  // The first of several is its batch's own.
  return id === batchId && Number(number) !== 1 ? undefined : number;
}

/** Always black on white with a quiet zone: many scanners do not read the inverse. */
export function InvitationQr({ of: i, url, className = "" }: { of: Shown; url: string; className?: string }) {
  const number = numberOf(i);
  return (
    <QRCodeSVG
      value={url}
      title={number ? `QR code ${number}` : "QR code"}
      marginSize={2}
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
