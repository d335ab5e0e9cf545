// Keeps what the participant is reading in place. A newly sent message moves to the top of its scroll area, space is
// reserved below it, and the answer grows into that space. Before that, and whenever the reader is at the bottom, the
// area follows the newest text; if the reader scrolls away, it stays put. A ResizeObserver watches the growth, so React
// doesn't render for it.
import { useCallback, useEffect, useRef, useState } from "react";

const MARGIN = 12;
const NEAR = 24;
/** The largest share of the view that the participant's own long message may take, to leave room for the answer. */
const OWN_SHARE = 0.4;
/** In a view lower than this, in pixels, the area follows the answer until its first line is at the top. */
const LOW = 240;

type Options = {
  /** Selects the element to hold (the last match), which stays `lead` times the view's height below the top. */
  hold: string;
  lead: number;
  /** Changes when there is a new element to hold. */
  cue: string | undefined;
  /** The cue is the reader's own action, so it applies even if they have scrolled away. */
  own: boolean;
  /** The id of the last message. */
  newest: number;
  /** How many pixels at the lower edge are covered by an overlay. */
  cover?: number;
};

/** `leftAt` is the newest message at the time the end went out of view; null while the end is in view. */
export function useScrollAnchor({ hold, lead, cue, own, newest, cover = 0 }: Options) {
  const area = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const room = useRef<HTMLDivElement>(null);
  const mode = useRef<"end" | "held" | "free">("end");
  const started = useRef(false);
  const anchor = useRef<number | null>(null);
  const settle = useRef(() => {});
  const [leftAt, setLeftAt] = useState<number | null>(null);
  const newestRef = useRef(newest);
  newestRef.current = newest;
  const coverRef = useRef(cover);

  useEffect(() => {
    const [el, inner, spare] = [area.current, content.current, room.current];
    if (!el || !inner || !spare) return;
    let lastTop = el.scrollTop;
    const away = (isAway: boolean) => setLeftAt((at) => (isAway ? (at ?? newestRef.current) : null));
    settle.current = () => {
      const held = started.current ? heldTop(el, inner, hold, lead) : null;
      const end = inner.offsetTop + inner.offsetHeight;
      const below = held === null ? 0 : Math.max(0, Math.ceil(held + el.clientHeight - end));
      spare.style.height = `${Math.max(below, coverRef.current)}px`;
      if (anchor.current !== null && inner.offsetHeight !== anchor.current) {
        el.scrollTop += inner.offsetHeight - anchor.current;
        anchor.current = null;
      } else if (mode.current === "held" && held !== null) {
        el.scrollTop = Math.max(held, el.clientHeight < LOW ? whileLow(el) : 0);
        away(end > el.scrollTop + el.clientHeight + NEAR);
      } else if (mode.current === "end") {
        el.scrollTop = followed(el);
        if (gap(el) > NEAR) {
          mode.current = "free";
          away(true);
        }
      }
      lastTop = el.scrollTop;
    };
    const onScroll = () => {
      // Scrolling by this hook triggers the event, too.
      if (Math.abs(el.scrollTop - lastTop) < 1) return;
      if (gap(el) <= NEAR) mode.current = "end";
      else if (mode.current === "held" || el.scrollTop < lastTop) mode.current = "free";
      lastTop = el.scrollTop;
      away(mode.current === "free");
    };
    const growth = new ResizeObserver(() => settle.current());
    growth.observe(el);
    growth.observe(inner);
    el.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      growth.disconnect();
      el.removeEventListener("scroll", onScroll);
    };
  }, [hold, lead]);

  useEffect(() => {
    coverRef.current = cover;
    settle.current();
  }, [cover]);

  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    const [el, first] = [area.current, before.current === undefined];
    before.current = cue;
    if (!cue || !el) return;
    // An existing conversation opens at its end, unless an answer is in progress.
    if (first && !el.querySelector("[data-live], [data-sending]")) return;
    if (!own && mode.current === "free") return;
    started.current = true;
    mode.current = "held";
    settle.current();
  }, [cue, own]);

  const toEnd = useCallback(() => {
    mode.current = "end";
    setLeftAt(null);
    if (area.current) area.current.scrollTop = area.current.scrollHeight;
  }, []);
  const keepPlace = useCallback(() => {
    mode.current = "free";
    anchor.current = content.current?.offsetHeight ?? null;
  }, []);
  return { area, content, room, leftAt, toEnd, keepPlace };
}

const gap = (el: HTMLElement) => el.scrollHeight - el.scrollTop - el.clientHeight;

const topIn = (el: HTMLElement, child: Element) =>
  el.scrollTop + child.getBoundingClientRect().top - el.getBoundingClientRect().top;

function heldTop(el: HTMLElement, inner: HTMLElement, hold: string, lead: number): number | null {
  const held = [...inner.querySelectorAll<HTMLElement>(hold)].at(-1);
  if (!held) return null;
  const surplus = lead === 0 ? Math.max(0, held.offsetHeight - el.clientHeight * OWN_SHARE) : 0;
  return Math.max(0, topIn(el, held) + surplus - MARGIN - lead * el.clientHeight);
}

/** Follows a growing answer; a complete one stays in place. */
const whileLow = (el: HTMLElement) => (el.querySelector("[data-live]") ? followed(el) : el.scrollTop);

/** Returns the scroll position of the end, limited so that the start of a growing answer stays in view. */
function followed(el: HTMLElement): number {
  const end = el.scrollHeight - el.clientHeight;
  const growing = el.querySelector("[data-live]");
  if (!growing) return end;
  return Math.min(end, Math.max(el.scrollTop, topIn(el, growing) - MARGIN));
}
