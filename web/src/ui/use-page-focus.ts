// Moves the focus to the new heading after client-side navigation, as after loading a document.
import { useEffect, useRef } from "react";

let loaded = false;

export function usePageFocus() {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (loaded) ref.current?.focus({ preventScroll: true });
    loaded = true;
  }, []);
  return ref;
}
