// A few words beside the part of the page they are about, with an arrow to it.
import { X } from "lucide-react";
import { type ReactNode, useContext } from "react";
import { CaptionsContext, type Which } from "./captions";

type Props = { which: Which; points: "up" | "down"; className?: string; arrow: string; children: ReactNode };

export function Caption({ which, points, className = "", arrow, children }: Props) {
  const { open, close } = useContext(CaptionsContext);
  if (!open.has(which)) return null;
  const side = points === "up" ? "-top-1.5" : "-bottom-1.5";
  return (
    <div
      role="note"
      className={`relative flex max-w-[28rem] shrink-0 items-center gap-1 rounded-lg bg-ink py-0.5 pl-3.5 text-sm text-bg ${className}`}
    >
      <span aria-hidden className={`absolute size-3 rotate-45 bg-ink ${side} ${arrow}`} />
      <p className="min-w-0 flex-1 py-1.5 text-balance">{children}</p>
      <button
        type="button"
        aria-label="Put this hint away"
        onClick={() => close(which)}
        className="grid size-11 shrink-0 place-items-center rounded-full"
      >
        <X aria-hidden className="size-4" />
      </button>
    </div>
  );
}
