// Joins a native <dialog> to React: the element keeps focus inside, answers Escape and gives focus back.
import { useEffect, useRef } from "react";

export function useDialog(open: boolean) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (open && dialog && !dialog.open) {
      dialog.showModal();
      // By itself the focus would go to the first button, and that is to close.
      const first = dialog.querySelector<HTMLElement>("input, textarea, select") ?? dialog.querySelector("h2");
      first?.focus();
    }
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return ref;
}
