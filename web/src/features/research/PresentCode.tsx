// The QR code in full screen, for a participant's phone across the table. Shows when the invitation is claimed.
import { Check, X } from "lucide-react";
import type { Schemas } from "../../api/client";
import { IconButton } from "../../ui/Button";
import { atClock } from "../../ui/times";
import { useDialog } from "../../ui/use-dialog";
import { InvitationQr, QrCaption, titleOf } from "./InvitationQr";
import { LoopbackNote } from "./LoopbackNote";
import { useNeutralTitle } from "./use-neutral-title";
import { useWakeLock } from "./use-wake-lock";

type Props = { open: boolean; onClose: () => void; invitation: Schemas["Invitation"]; url: string; claimed: boolean };

export function PresentCode({ open, onClose, invitation, url, claimed }: Props) {
  const ref = useDialog(open);
  useWakeLock(open);
  useNeutralTitle(open);
  return (
    <dialog
      ref={ref}
      onClose={onClose}
      aria-label={`Present ${titleOf(invitation)}`}
      className="m-0 h-dvh max-h-none w-screen max-w-none overflow-hidden bg-white p-0 text-black"
    >
      {open && (
        <div className="flex h-full flex-col items-center justify-center gap-3 p-4 text-center">
          <IconButton
            label="Leave full screen"
            autoFocus
            className="absolute top-2 right-2 !text-black"
            onClick={onClose}
          >
            <X aria-hidden className="size-6" />
          </IconButton>
          <div className="max-w-full px-12 text-xl wrap-anywhere">
            <QrCaption of={invitation} />
          </div>
          {claimed ? (
            <p role="status" className="flex items-center gap-3 text-[2rem] font-bold">
              <Check aria-hidden className="size-10" />{" "}
              <span>{invitation.claimedAt ? `Claimed at ${atClock(invitation.claimedAt)}` : "Claimed"}</span>
            </p>
          ) : (
            <InvitationQr of={invitation} url={url} className="min-h-0 w-[min(80vmin,calc(100dvh-12rem))] shrink" />
          )}
          <LoopbackNote className="max-w-[40rem] !border-black/40 !bg-white text-sm !text-black" />
        </div>
      )}
    </dialog>
  );
}
