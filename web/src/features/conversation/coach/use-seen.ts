// Measures for how long a note is on screen and how much of it, and reports that: after a second, whenever the time has
// doubled or more of the note was visible, and when it leaves the screen.
import { useEffect, useRef } from "react";
import { useLive } from "../../../live/use-conversation";

const TICK = 1_000;

/** `settled`: the note is complete; one that still grows is measured, and reported once it is. */
export function useSeen<E extends HTMLElement>(messageId: number, how: "shown" | "opened", settled = true) {
  const live = useLive();
  const ref = useRef<E>(null);
  const isSettled = useRef(settled);
  isSettled.current = settled;
  useEffect(() => {
    const element = ref.current;
    if (!element || !("IntersectionObserver" in window)) return;
    return whileInView(element, (share, ms) => {
      if (isSettled.current) live.seen({ messageId, how, share, ms });
      return isSettled.current;
    });
  }, [live, messageId, how]);
  return ref;
}

/** `report` answers whether it took the figures. Returns how to stop. */
function whileInView(element: HTMLElement, report: (share: number, ms: number) => boolean): () => void {
  let ratio = 0;
  let ms = 0;
  let share = 0;
  const reported = { ms: 0, share: 0 };
  let timer: ReturnType<typeof setInterval> | undefined;
  const tell = (least: number) => {
    const news = ms >= TICK && (ms >= least || share > reported.share);
    if (news && report(share, ms)) Object.assign(reported, { ms, share });
  };
  const tick = () => {
    if (document.visibilityState !== "visible") return;
    ms += TICK;
    share = Math.max(share, visibleShare(element, ratio));
    tell(reported.ms * 2);
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    tell(reported.ms + TICK);
  };
  const observer = new IntersectionObserver(
    ([entry]) => {
      ratio = entry?.intersectionRatio ?? 0;
      // Half of it, or as much of a long one as fills half the window.
      const enough = ratio >= 0.5 || (entry?.intersectionRect.height ?? 0) > innerHeight / 2;
      if (enough) timer ??= setInterval(tick, TICK);
      else stop();
    },
    { threshold: [0, 0.25, 0.5, 0.75, 1] },
  );
  observer.observe(element);
  return () => {
    stop();
    observer.disconnect();
  };
}

/** Percent of the text; what a line clamp hides counts as not visible. */
function visibleShare(element: HTMLElement, ratio: number): number {
  const clamped = element.scrollHeight > 0 ? Math.min(1, element.clientHeight / element.scrollHeight) : 1;
  return Math.min(100, Math.round(100 * ratio * clamped));
}
