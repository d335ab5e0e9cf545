// A modal dialog with a title. Its content is mounted only while it is open, so forms start empty each time.
import { X } from "lucide-react";
import { type ReactNode, useId } from "react";
import { IconButton } from "./Button";
import { useDialog } from "./use-dialog";

type Props = { open: boolean; onClose: () => void; title: string; children: ReactNode };

export function Dialog({ open, onClose, title, children }: Props) {
  const ref = useDialog(open);
  const id = useId();
  const look = "w-[min(34rem,calc(100vw-1.5rem))] rounded-2xl border border-line bg-surface p-0 shadow-raise";
  return (
    <dialog ref={ref} onClose={onClose} aria-labelledby={id} className={look}>
      {open && (
        <div className="p-5">
          <div className="mb-2 flex items-start justify-between gap-3">
            <h2 id={id} tabIndex={-1} className="min-w-0 pt-1.5 outline-none text-xl leading-tight font-semibold">
              {title}
            </h2>
            <IconButton label="Close" className="-mt-1 -mr-2" onClick={onClose}>
              <X aria-hidden className="size-5" />
            </IconButton>
          </div>
          {children}
        </div>
      )}
    </dialog>
  );
}
