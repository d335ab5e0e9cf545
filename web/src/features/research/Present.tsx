// The code as large as the screen allows, for a participant's phone across the table. Says when it was claimed.
import { Check, X } from "lucide-react";
import { QRCodeSVG } from "qrcode.react";
import { IconButton } from "../../ui/Button";
import { useDialog } from "../../ui/use-dialog";
import { useWakeLock } from "./use-wake-lock";

type Props = { open: boolean; onClose: () => void; label: string; url: string; claimed: boolean };

export function Present({ open, onClose, label, url, claimed }: Props) {
  const ref = useDialog(open);
  useWakeLock(open);
  return (
    <dialog
      ref={ref}
      onClose={onClose}
      aria-label={`Present ${label}`}
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
          <p className="max-w-full px-12 text-xl font-semibold">{label}</p>
          {claimed ? (
            <p role="status" className="flex items-center gap-3 text-[2rem] font-bold">
              <Check aria-hidden className="size-10" /> Claimed
            </p>
          ) : (
            <QRCodeSVG
              value={url}
              title={`QR code of the invitation ${label}`}
              marginSize={2}
              className="h-auto w-[min(80vmin,calc(100dvh-10rem))]"
            />
          )}
          <p className="max-w-full font-mono text-sm break-all">{url}</p>
        </div>
      )}
    </dialog>
  );
}
