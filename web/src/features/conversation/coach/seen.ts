// Calls back once when an element was in view for a second on a page that is looked at. Returns how to stop watching.
export function afterASecondInView(element: Element | null, seen: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new IntersectionObserver(
    ([entry]) => {
      clearTimeout(timer);
      // Half of it, or as much of a long one as fills half the window.
      const enough = entry && (entry.intersectionRatio >= 0.5 || entry.intersectionRect.height > innerHeight / 2);
      if (!enough) return;
      timer = setTimeout(() => {
        if (document.visibilityState !== "visible") return;
        seen();
        observer.disconnect();
      }, 1_000);
    },
    { threshold: [0, 0.25, 0.5] },
  );
  if (element) observer.observe(element);
  return () => {
    clearTimeout(timer);
    observer.disconnect();
  };
}
