// Connects a native <dialog> to React. The element traps the focus, closes on Escape and restores the focus.
import { useEffect, useRef } from "react";

export function useDialog(open: boolean) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (open && dialog && !dialog.open) {
      dialog.showModal();
      // By default, the first button would get the focus, which is "Close". A switch is no field to fill in.
      const first =
        dialog.querySelector<HTMLElement>("input:not([role=switch]), textarea, select") ?? dialog.querySelector("h2");
      first?.focus();
    }
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return ref;
}
