// After a navigation inside the page, focus goes to the new heading, as it would after loading a document.
import { useEffect, useRef } from "react";

export function usePageFocus() {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const state: unknown = history.state;
    const navigated = typeof state === "object" && state !== null && "idx" in state && Number(state.idx) > 0;
    if (navigated) ref.current?.focus({ preventScroll: true });
  }, []);
  return ref;
}
