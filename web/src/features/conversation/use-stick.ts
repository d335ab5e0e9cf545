// Follows the bottom of a scroll area until the reader scrolls up or a reply outgrows the view, and again once they are
// back at the bottom or send something. Growth is watched with a ResizeObserver, so following costs React nothing.
// Never animates while text streams.
import { useCallback, useEffect, useRef, useState } from "react";

/** Once the top of a growing reply reaches the top of the view, the reader is reading it: stay. */
const TOP_MARGIN = 12;
const NEAR = 24;

/**
 * `newest` is the id of the last message, `sent` that of the last thing the reader sent. `leftAt` is the newest message
 * there was when the reader went away from the bottom; null while they are there.
 */
export function useStick(newest: number, sent: string | undefined) {
  const area = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const pinned = useRef(true);
  const anchor = useRef<number | null>(null);
  const [leftAt, setLeftAt] = useState<number | null>(null);
  const newestRef = useRef(newest);
  newestRef.current = newest;

  useEffect(() => {
    const [el, inner] = [area.current, content.current];
    if (!el || !inner) return;
    let lastTop = el.scrollTop;
    const letGo = () => {
      pinned.current = false;
      setLeftAt((at) => at ?? newestRef.current);
    };
    const follow = () => {
      if (anchor.current !== null && el.scrollHeight !== anchor.current) {
        el.scrollTop += el.scrollHeight - anchor.current;
        anchor.current = null;
      } else if (pinned.current) {
        const { top, outgrown } = target(el);
        el.scrollTop = top;
        if (outgrown) letGo();
      }
      lastTop = el.scrollTop;
    };
    const onScroll = () => {
      const gap = el.scrollHeight - el.scrollTop - el.clientHeight;
      if (gap <= NEAR) pinned.current = true;
      else if (el.scrollTop < lastTop - 1) pinned.current = false;
      lastTop = el.scrollTop;
      setLeftAt((at) => (pinned.current ? null : (at ?? newestRef.current)));
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

  const toBottom = useCallback(() => {
    pinned.current = true;
    setLeftAt(null);
    if (area.current) area.current.scrollTop = area.current.scrollHeight;
  }, []);
  useEffect(() => {
    if (sent) toBottom();
  }, [sent, toBottom]);
  const keepPlace = useCallback(() => {
    pinned.current = false;
    anchor.current = area.current?.scrollHeight ?? null;
  }, []);
  return { area, content, leftAt, toBottom, keepPlace };
}

function target(el: HTMLElement): { top: number; outgrown: boolean } {
  const bottom = el.scrollHeight - el.clientHeight;
  const growing = el.querySelector("[data-live]");
  if (!growing) return { top: bottom, outgrown: false };
  const start = el.scrollTop + growing.getBoundingClientRect().top - el.getBoundingClientRect().top;
  const top = Math.min(bottom, Math.max(el.scrollTop, start - TOP_MARGIN));
  return { top, outgrown: top < bottom - NEAR };
}
