// Marks colleagues' notes as read once they have been on screen for a moment.
import { useEffect, useRef, useState } from "react";
import { staffCalls } from "../../../api/staff/queries";
import type { Note } from "../../../api/staff/types";

/** In milliseconds. */
const A_MOMENT = 1_500;

/** Returns the notes that were unread when they appeared; they stay marked as new while the page is open. */
export function useMarkRead(notes: readonly Note[], shown: boolean): ReadonlySet<string> {
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const sent = useRef(new Set<string>());
  const unread = notes.filter((n) => n.unread && !sent.current.has(n.id)).map((n) => n.id);
  const key = unread.join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is the list as text.
  useEffect(() => {
    if (!shown || unread.length === 0) return;
    setFresh((before) => new Set([...before, ...unread]));
    let timer: ReturnType<typeof setTimeout>;
    const mark = () => {
      // Nobody has read what is in a hidden window.
      if (document.visibilityState === "hidden") return later();
      for (const id of unread) sent.current.add(id);
      staffCalls.readNotes(unread).catch(() => {
        for (const id of unread) sent.current.delete(id);
      });
    };
    const later = () => {
      timer = setTimeout(mark, A_MOMENT);
    };
    later();
    return () => clearTimeout(timer);
  }, [key, shown]);
  return fresh;
}
