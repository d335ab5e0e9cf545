// Follows the newest text only while the reader is at the end. A reader who scrolls up is never moved: what arrives is
// counted instead. A ResizeObserver watches the growth, so React doesn't render for it.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR = 24;

/** `leftAt` is the newest item at the time the reader left the end; null while they are there. */
export function useFollow<Id extends number | string>(newest: Id | undefined, oldest: Id | undefined) {
  const area = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const fromEnd = useRef<number | null>(null);
  const [leftAt, setLeftAt] = useState<Id | null>(null);
  const newestRef = useRef(newest);
  newestRef.current = newest;

  useEffect(() => {
    const [el, inner] = [area.current, content.current];
    if (!el || !inner) return;
    let lastTop = el.scrollTop;
    const follow = () => {
      // A reader who is working inside, such as editing a note, must not lose it from view.
      if (following.current && inner.contains(document.activeElement)) {
        following.current = el.scrollHeight - el.scrollTop - el.clientHeight <= NEAR;
        if (!following.current) setLeftAt((at) => at ?? newestRef.current ?? null);
      } else if (following.current) el.scrollTop = el.scrollHeight;
      lastTop = el.scrollTop;
    };
    const onScroll = () => {
      const [before, gap] = [lastTop, el.scrollHeight - el.scrollTop - el.clientHeight];
      lastTop = el.scrollTop;
      // One pixel upward means that the reader wants to stay, even close to the end.
      if (el.scrollTop < before - 1 && gap > 1) following.current = false;
      else if (gap <= NEAR) following.current = true;
      setLeftAt((at) => (following.current ? null : (at ?? newestRef.current ?? null)));
    };
    const growth = new ResizeObserver(follow);
    growth.observe(el);
    growth.observe(inner);
    el.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      growth.disconnect();
      el.removeEventListener("scroll", onScroll);
    };
  }, []);

  // Older rows were added above: what was in view stays there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the oldest row changes.
  useLayoutEffect(() => {
    const el = area.current;
    if (!el || fromEnd.current === null) return;
    el.scrollTop = el.scrollHeight - fromEnd.current;
    fromEnd.current = null;
  }, [oldest]);

  const toEnd = useCallback(() => {
    following.current = true;
    setLeftAt(null);
    if (area.current) area.current.scrollTop = area.current.scrollHeight;
  }, []);
  /** Call before older rows are added. */
  const keepPlace = useCallback(() => {
    following.current = false;
    const el = area.current;
    fromEnd.current = el ? el.scrollHeight - el.scrollTop : null;
  }, []);
  /** Stops following, because the view was moved to another place. */
  const release = useCallback(() => {
    following.current = false;
    setLeftAt((at) => at ?? newestRef.current ?? null);
  }, []);
  return { area, content, leftAt, toEnd, keepPlace, release };
}
