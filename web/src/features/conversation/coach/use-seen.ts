// Measures how long a note is on screen and how much of it is visible. Reports after one second, then whenever the time
// has doubled or more of the note became visible, and when it leaves the screen.
import { useEffect, useRef } from "react";
import { useLive } from "../../../live/use-conversation";

const TICK = 1_000;

/** `settled`: the note is complete. A growing note is measured too, but reported only once it is complete. */
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

/** `report` returns whether it accepted the values. Returns a function that stops measuring. */
function whileInView(element: HTMLElement, report: (share: number, ms: number) => boolean): () => void {
  let ratio = 0;
  let ms = 0;
  let share = 0;
  const reported = { ms: 0, share: 0 };
  let timer: ReturnType<typeof setInterval> | undefined;
  const reportIfNew = (least: number) => {
    const news = ms >= TICK && (ms >= least || share > reported.share);
    if (news && report(share, ms)) Object.assign(reported, { ms, share });
  };
  const tick = () => {
    if (document.visibilityState !== "visible") return;
    ms += TICK;
    share = Math.max(share, visibleShare(element, ratio));
    reportIfNew(reported.ms * 2);
  };
  const stop = () => {
    clearInterval(timer);
    timer = undefined;
    reportIfNew(reported.ms + TICK);
  };
  const observer = new IntersectionObserver(
    ([entry]) => {
      ratio = entry?.intersectionRatio ?? 0;
      // Half of the note, or half of the window if the note is long.
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

/** Returns the visible percentage of the text. Lines hidden by a line clamp count as not visible. */
function visibleShare(element: HTMLElement, ratio: number): number {
  const clamped = element.scrollHeight > 0 ? Math.min(1, element.clientHeight / element.scrollHeight) : 1;
  return Math.min(100, Math.round(100 * ratio * clamped));
}
